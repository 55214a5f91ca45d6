/**
 * Reads a user: each known field has its type or the answer is refused, since `"member": "false"`
 * would pass for membership.
 */
import type { UltraCartUser } from '../models.ts'
import { type Fields, isObject, malformed, readFields } from './answer.ts'
import type { Answer } from './call.ts'

/** By name, whichever model they stand in: no name has two types. */
const STRINGS =
  /^(login|email|(full_)?name|phone|otp_serial_number|company|merchant_id|ip_address|login_dts|user_agent|(permission|notification)_group|permission_Name)$/
const BOOLEANS = /^(member|selected|(can_)?include_.*|can_filter_.*)$/
const INTEGERS = /^(user_id|group_oid)$/
const STRING_LISTS = /^(api_ip_address_masks|distribution_center_filters)$/
const OBJECT_LISTS = /^(groups|linked_accounts|login_histories|notifications|permissions)$/

/** Reads the answer of the user call. */
export function readUser(answer: Answer): UltraCartUser {
  const user = checked(answer, readFields(answer)) as UltraCartUser
  return (user.user_id ?? user.login) ? user : malformed(answer, 'a user with user_id or login')
}

/** A copy without what is null and without secrets of other calls. */
function checked(answer: Answer, fields: Fields): Fields {
  const copy: Record<string, unknown> = {}
  for (const [wireName, value] of Object.entries(fields)) {
    // Some pages of the vendor write this one in lower case.
    const name = wireName === 'permission_name' ? 'permission_Name' : wireName
    if (value === null || /^change_(ftp_)?password_to$/.test(name)) continue
    if (!isRight(name, value)) malformed(answer, `JSON with another type of ${name}`)
    copy[name] = OBJECT_LISTS.test(name)
      ? (value as Fields[]).map((item) => checked(answer, item))
      : value
  }
  return copy
}

function isRight(name: string, value: unknown): boolean {
  const type = typeof value
  if (STRINGS.test(name)) return type === 'string'
  if (BOOLEANS.test(name)) return type === 'boolean'
  if (INTEGERS.test(name)) return Number.isSafeInteger(value)
  const isListOf = (is: (item: unknown) => boolean) => Array.isArray(value) && value.every(is)
  if (STRING_LISTS.test(name)) return isListOf((item) => typeof item === 'string')
  return !OBJECT_LISTS.test(name) || isListOf(isObject)
}
