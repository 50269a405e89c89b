// Who may talk to the bot?

import type { EventBase } from '../contract/event.ts'
import type { Access } from '../contract/policy.ts'

/** Who it is, and where. */
export type Who = Pick<EventBase, 'address' | 'chatKind' | 'sender'>

/**
 * What the lists and the rules say. `ifPaired`: nothing is said of this person, so it depends on whether an admin has
 * let them in (store/pairings.ts). Another bot cannot be: nobody hands on its code.
 */
export type Verdict = 'in' | 'out' | 'ifPaired'

/** Admins always may; `deny` beats `allow`; what no list names follows `direct` and `groups`. */
export function verdictOn(who: Who, access: Access): Verdict {
  if (isAdmin(who, access)) return 'in'
  if (matchesAny(who, access.deny)) return 'out'
  if (matchesAny(who, access.allow)) return 'in'
  if (who.chatKind === 'group') return access.groups === 'open' ? 'in' : 'out'
  if (access.direct === 'pairing') return who.sender.isBot ? 'out' : 'ifPaired'
  return access.direct === 'open' ? 'in' : 'out'
}

/** `isPaired`: worth finding out only where the verdict is `ifPaired`. */
export function isAllowed(who: Who, access: Access, isPaired = false): boolean {
  const verdict = verdictOn(who, access)
  return verdict === 'in' || (verdict === 'ifPaired' && isPaired)
}

export function isAdmin(who: Who, access: Access): boolean {
  return matchesAny(who, access.admins)
}

function matchesAny(who: Who, entries: readonly string[]): boolean {
  return entries.some((entry) => matches(who, entry))
}

/** The account has neither `/` nor `:`, an id may have both. */
const ENTRY = /^(?:(?<account>[^/:]+)\/)?(?:(?<all>\*)|(?<kind>user|chat|role):(?<value>.+))$/s

/** `user:1`, `chat:2`, `role:helper`; `sales/user:1` holds for the account `sales` only, `sales/*` for everybody there. What is none of these names nobody. */
function matches({ address, sender }: Who, entry: string): boolean {
  const { account, all, kind, value = '' } = ENTRY.exec(entry)?.groups ?? {}
  if (account !== undefined && account !== address.account) return false
  // Everybody everywhere is what `direct` and `groups` are for.
  if (all !== undefined) return account !== undefined
  if (kind === 'user') return sender.id === value
  if (kind === 'chat') return address.chatId === value
  return kind === 'role' && (sender.roles?.includes(value) ?? false)
}
