// Who may talk to the bot?

import type { EventBase } from '../contract/event.ts'
import type { Access } from '../contract/policy.ts'

/** Who it is, and where. */
export type Who = Pick<EventBase, 'address' | 'chatKind' | 'sender'>

/** `deny` beats `allow`; admins always may; what neither list names follows `direct` and `groups`. */
export function isAllowed(event: Who, access: Access): boolean {
  if (isAdmin(event, access)) return true
  if (matchesAny(event, access.deny)) return false
  if (matchesAny(event, access.allow)) return true
  return event.chatKind === 'direct' ? access.direct === 'open' : access.groups === 'open'
}

export function isAdmin(event: Who, access: Access): boolean {
  return matchesAny(event, access.admins)
}

function matchesAny(event: Who, entries: readonly string[]): boolean {
  return entries.some((entry) => matches(event, entry))
}

/** `user:1`, `chat:2`, `role:helper`; `sales/user:1` holds for the account `sales` only. */
function matches(event: Who, entry: string): boolean {
  const slash = entry.indexOf('/')
  const account = slash < 0 ? undefined : entry.slice(0, slash)
  if (account !== undefined && account !== event.address.account) return false
  const [kind, ...rest] = entry.slice(slash + 1).split(':')
  const value = rest.join(':')
  if (kind === 'user') return event.sender.id === value
  if (kind === 'chat') return event.address.chatId === value
  if (kind === 'role') return event.sender.roles?.includes(value) ?? false
  return false
}
