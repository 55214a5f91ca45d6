/**
 * The person who signed in: the vendor's models, and their reading. Each known field has its form or
 * the answer is refused, since `"member": "false"` would pass for membership.
 *
 * Source: UltraCart REST API v2, models of the vendor's SDKs 4.1.
 */
import { malformed, readFields } from './answer.ts'
import type { Answer, Fields } from './call.ts'

/**
 * Answer of `GET /sso/session/user`: a back-office user, not a shop's customer. The vendor's fields
 * `change_password_to` and `change_ftp_password_to`, secrets for other calls, are left out.
 */
export interface UltraCartUser {
  readonly user_id?: number
  /** Unique within a merchant account. */
  readonly login?: string
  readonly email?: string
  readonly full_name?: string
  readonly phone?: string
  /** Sensitive. */
  readonly otp_serial_number?: string
  /** Addresses allowed to use the API. */
  readonly api_ip_address_masks?: readonly string[]
  /** All groups of the merchant; belonging to one is `member === true`. */
  readonly groups?: readonly UltraCartUserGroupMembership[]
  readonly linked_accounts?: readonly UltraCartLinkedAccount[]
  /** The past 90 days. */
  readonly login_histories?: readonly UltraCartUserLogin[]
  readonly notifications?: readonly UltraCartNotification[]
  /** All permissions there are; holding one is `selected === true`. */
  readonly permissions?: readonly UltraCartPermission[]
}

/** A group of the merchant, and whether the user is in it. */
export interface UltraCartUserGroupMembership {
  readonly group_oid?: number
  readonly member?: boolean
  readonly name?: string
}

/** Another merchant account. */
export interface UltraCartLinkedAccount {
  readonly company?: string
  readonly merchant_id?: string
  readonly selected?: boolean
}

/** A login of the past. */
export interface UltraCartUserLogin {
  readonly ip_address?: string
  readonly login?: string
  readonly login_dts?: string
  readonly user_agent?: string
}

/** A permission there is, and whether the user holds it. */
export interface UltraCartPermission {
  readonly permission_group?: string
  /** With a capital N on the wire; the lower-case form of some vendor pages is read too. */
  readonly permission_Name?: string
  readonly selected?: boolean
}

/** A notification there is, and whether the user gets it. */
export interface UltraCartNotification {
  readonly can_filter_by_distribution_centers?: boolean
  readonly can_include_affiliate?: boolean
  readonly can_include_order?: boolean
  readonly can_include_order_plain_text?: boolean
  readonly distribution_center_filters?: readonly string[]
  readonly include_affiliate?: boolean
  readonly include_order?: boolean
  readonly include_order_plain_text?: boolean
  readonly name?: string
  readonly notification_group?: string
  readonly selected?: boolean
}

/** The form of a field: a word, or the model of each item of a list. */
type Form = 'text' | 'flag' | 'integer' | 'texts' | Model
interface Model {
  readonly [field: string]: Form
}
/** A table that has every field of a type, in the form of that field. */
type TableOf<T> = { readonly [Field in keyof T]-?: FormOf<NonNullable<T[Field]>> }
type FormOf<Value> = Value extends readonly (infer Item)[]
  ? Item extends string
    ? 'texts'
    : TableOf<Item>
  : Value extends string
    ? 'text'
    : Value extends boolean
      ? 'flag'
      : 'integer'

const USER: TableOf<UltraCartUser> = {
  user_id: 'integer',
  login: 'text',
  email: 'text',
  full_name: 'text',
  phone: 'text',
  otp_serial_number: 'text',
  api_ip_address_masks: 'texts',
  groups: { group_oid: 'integer', member: 'flag', name: 'text' },
  linked_accounts: { company: 'text', merchant_id: 'text', selected: 'flag' },
  login_histories: { ip_address: 'text', login: 'text', login_dts: 'text', user_agent: 'text' },
  notifications: {
    can_filter_by_distribution_centers: 'flag',
    can_include_affiliate: 'flag',
    can_include_order: 'flag',
    can_include_order_plain_text: 'flag',
    distribution_center_filters: 'texts',
    include_affiliate: 'flag',
    include_order: 'flag',
    include_order_plain_text: 'flag',
    name: 'text',
    notification_group: 'text',
    selected: 'flag',
  },
  permissions: { permission_group: 'text', permission_Name: 'text', selected: 'flag' },
}

/** Secrets of other calls, and names that turn a copied object into something else. */
const LEFT_OUT = ['change_password_to', 'change_ftp_password_to', '__proto__', 'constructor']

/** Reads the answer of the user call. */
export function readUser(answer: Answer): UltraCartUser {
  const user = readModel(answer, USER, readFields(answer)) as UltraCartUser
  if (user.user_id === undefined && !user.login) throw malformed(answer, 'have user_id or login')
  return user
}

/** A copy without what is null or left out; fields that the model does not know stay as they are. */
function readModel(answer: Answer, model: Model, fields: Fields): Fields {
  const copy: Record<string, unknown> = {}
  for (const [wireName, value] of Object.entries(fields)) {
    // Some pages of the vendor write this one in lower case.
    const name = wireName === 'permission_name' ? 'permission_Name' : wireName
    if (value === null || LEFT_OUT.includes(name)) continue
    copy[name] = Object.hasOwn(model, name) ? readField(answer, model[name]!, [name, value]) : value
  }
  return copy
}

function readField(answer: Answer, form: Form, [name, value]: readonly [string, unknown]) {
  if (typeof form === 'object') {
    if (!Array.isArray(value) || !value.every(isObject)) {
      throw malformed(answer, `have ${name} as a list of objects`)
    }
    return value.map((item) => readModel(answer, form, item))
  }
  const [isRight, words] = FORMS[form]
  if (!isRight(value)) throw malformed(answer, `have ${name} as ${words}`)
  return value
}

const FORMS = {
  text: [isText, 'a text'],
  flag: [(value: unknown) => typeof value === 'boolean', 'true or false'],
  // A greater one was rounded when it was parsed: two people would have one id.
  integer: [
    (value: unknown) => Number.isSafeInteger(value),
    'a whole number of at most 9007199254740991, above which JSON.parse rounds',
  ],
  texts: [(value: unknown) => Array.isArray(value) && value.every(isText), 'a list of texts'],
} as const

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
