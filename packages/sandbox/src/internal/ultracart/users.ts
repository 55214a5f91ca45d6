/** The back-office users of the sandbox, in the vendor's `User` form. */
import type { UserSession } from './context.ts'
import { easternDateTime } from './date-time.ts'

export interface SandboxUser {
  readonly user_id: number
  readonly login: string
  readonly email: string
  readonly full_name: string
  readonly phone: string
  /** Groups and permissions held; the others are listed too, as not held. */
  readonly groups: readonly string[]
  readonly permissions: readonly string[]
}

/** Whom the login page offers; the first one is chosen at the start. */
export const USERS: readonly [SandboxUser, ...SandboxUser[]] = [
  {
    user_id: 1201,
    login: 'mara',
    email: 'mara@sandbox.example',
    full_name: 'Mara Lind',
    phone: '555-0101',
    groups: ['Support'],
    permissions: ['View Orders', 'Edit Customers'],
  },
  {
    user_id: 1202,
    login: 'theo',
    email: 'theo@sandbox.example',
    full_name: 'Theo Brandt',
    phone: '555-0102',
    groups: ['Support', 'Owners'],
    permissions: ['View Orders', 'Edit Customers', 'Edit Users'],
  },
]

const GROUPS: readonly (readonly [oid: number, name: string])[] = [
  [7, 'Support'],
  [8, 'Owners'],
]
const PERMISSIONS: readonly (readonly [group: string, name: string])[] = [
  ['Orders', 'View Orders'],
  ['Customers', 'Edit Customers'],
  ['Configuration', 'Edit Users'],
]

/** The bare object that `GET /sso/session/user` answers; what is write-only elsewhere is left out. */
export function userAnswer(user: SandboxUser, session: UserSession): Record<string, unknown> {
  const { user_id, login, email, full_name, phone } = user
  return {
    user_id,
    login,
    email,
    full_name,
    phone,
    otp_serial_number: '',
    api_ip_address_masks: ['127.0.0.1/32'],
    groups: GROUPS.map(([group_oid, name]) => ({
      group_oid,
      name,
      member: user.groups.includes(name),
    })),
    linked_accounts: [{ company: 'Sandbox Second Shop', merchant_id: 'SBOX2', selected: false }],
    login_histories: [
      {
        ip_address: '127.0.0.1',
        login,
        login_dts: easternDateTime(session.startedAtMs),
        user_agent: session.userAgent,
      },
    ],
    notifications: [
      {
        name: 'New order',
        notification_group: 'Orders',
        selected: true,
        can_filter_by_distribution_centers: true,
        can_include_affiliate: false,
        can_include_order: true,
        can_include_order_plain_text: true,
        include_affiliate: false,
        include_order: true,
        include_order_plain_text: false,
        distribution_center_filters: [],
      },
    ],
    // The capital N is the vendor's.
    permissions: PERMISSIONS.map(([permission_group, permission_Name]) => ({
      permission_group,
      permission_Name,
      selected: user.permissions.includes(permission_Name),
    })),
  }
}
