/**
 * Reads a user: each known field has its type or the answer is refused, since `"member": "false"`
 * would pass for membership.
 */
import type { UltraCartUser } from '../models.ts'
import { type Fields, malformed, readFields } from './answer.ts'
import type { Answer } from './call.ts'
import { isListOf, isObject, isText } from './forms.ts'

/** By name, whichever model they stand in: no name has two types. */
const TYPES: readonly (readonly [names: RegExp, is: (value: unknown) => boolean])[] = [
  [
    /^((full_)?name|login|email|phone|otp_serial_number|company|merchant_id|ip_address|login_dts|user_agent|permission_(group|Name)|notification_group)$/,
    isText,
  ],
  [/^(member|selected|(can_)?(include|filter)_.+)$/, (value) => typeof value === 'boolean'],
  [/^(user_id|group_oid)$/, Number.isInteger],
  [/^(api_ip_address_mask|distribution_center_filter)s$/, (value) => isListOf(value, isText)],
  [
    /^(groups|linked_accounts|login_histories|notifications|permissions)$/,
    (value) => isListOf(value, isObject),
  ],
]
/** Secrets of other calls, and names that turn a copied object into something else. */
const LEFT_OUT = /^(change_.*|__proto__|constructor)$/

/** Reads the answer of the user call. */
export function readUser(answer: Answer): UltraCartUser {
  const user = checked(answer, readFields(answer)) as UltraCartUser
  return (user.user_id ?? user.login) ? user : malformed(answer, 'user_id or login')
}

/** A copy without what is null or left out. */
function checked(answer: Answer, fields: Fields): Fields {
  const copy: Record<string, unknown> = {}
  for (const [wireName, value] of Object.entries(fields)) {
    // Some pages of the vendor write this one in lower case.
    const name = wireName.replace(/^permission_name$/, 'permission_Name')
    if (value === null || LEFT_OUT.test(name)) continue
    for (const [names, is] of TYPES) {
      if (names.test(name) && !is(value)) malformed(answer, `a right ${name}`)
    }
    copy[name] = isListOf(value, isObject)
      ? (value as Fields[]).map((item) => checked(answer, item))
      : value
  }
  return copy
}
