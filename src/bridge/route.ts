// Which agent answers here, and whose conversation is it?

import { createHmac } from 'node:crypto'
import type { ChatAddress, EventBase, Sender } from '../contract/event.ts'
import type { Policy, Route, RouteCondition } from '../contract/policy.ts'

/** What routing looks at: kept with a turn, so that a recovered one finds its route again. */
export interface Asked {
  readonly address: ChatAddress
  readonly chatKind: EventBase['chatKind']
  readonly sender: Sender
}

/** The first route that matches. */
export function routeFor(asked: Asked, command: string | undefined, policy: Policy): Route | undefined {
  return policy.routes.find(({ when }) => matches(asked, command, when))
}

/** The lane: two keys are equal exactly if their messages belong to one dialogue, whichever agent leads it. */
export function scopeKey({ address, sender }: Asked, route: Route): string {
  const place = [address.account, address.chatId]
  switch (route.conversation) {
    case 'per-chat':
      return place.join('|')
    case 'per-thread':
      return [...place, address.threadId ?? ''].join('|')
    case 'per-user':
      return [...place, address.threadId ?? '', `u:${sender.id}`].join('|')
  }
}

/** A scope key after its chat got another id; the same key when it belongs elsewhere. */
export function movedScopeKey(key: string, from: ChatAddress, to: ChatAddress): string {
  const [account, chatId, ...rest] = key.split('|')
  if (account !== from.account || chatId !== from.chatId) return key
  return [to.account, to.chatId, ...rest].join('|')
}

/** Whom Coze believes to be talking to: the same for ever for one person, and no platform id. */
export function pseudonym(salt: string, asked: Pick<Asked, 'address' | 'sender'>): string {
  const person = `${asked.address.account}|${asked.sender.id}`
  return `u_${createHmac('sha256', salt).update(person).digest('hex').slice(0, 32)}`
}

function matches(
  { address, sender, chatKind }: Asked,
  command: string | undefined,
  when: RouteCondition,
): boolean {
  return (
    (when.platform === undefined || when.platform === address.account) &&
    (when.chat === undefined || when.chat === address.chatId) &&
    (when.thread === undefined || when.thread === address.threadId) &&
    (when.user === undefined || when.user === sender.id) &&
    (when.role === undefined || (sender.roles?.includes(when.role) ?? false)) &&
    (when.command === undefined || when.command === command) &&
    (when.chatKind === undefined || when.chatKind === chatKind)
  )
}
