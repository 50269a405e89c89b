// Strangers: refused in one sentence, or given a code by which an admin lets them in.
//
// Nobody of them costs more than one sentence a minute, and of whom is refused nothing is stored.

import type { AskingEvent } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Ack } from '../../contract/platform.ts'
import type { Pending } from '../../store/pairings.ts'
import { isAdmin } from '../access.ts'
import { localeOf, NOTHING, tell, type Hall } from './hall.ts'

/** Somebody who may not be here. */
export function refuseStranger(hall: Hall, event: AskingEvent): Ack {
  return tellNowAndThen(hall, event, { key: 'access.denied' })
}

/** Somebody who may be let in. Rejects when the code could not be stored. */
export async function giveCode(hall: Hall, event: AskingEvent): Promise<Ack> {
  const { pairings, clock } = hall.world
  const { address, sender, replyTarget } = event
  const pending = await pairings.request({
    account: address.account,
    userId: sender.id,
    replyTarget,
    locale: localeOf(hall, event),
    ...(sender.name === undefined ? {} : { name: sender.name }),
  })
  if (pending === undefined) return tellNowAndThen(hall, event, { key: 'pairing.pending' })
  const minutes = Math.ceil((pending.expiresAtMs - clock.now()) / 60_000)
  return tellNowAndThen(hall, event, { key: 'pairing.code', params: { code: pending.code, minutes } })
}

/** An admin was given a code by a stranger, of this account or of another. */
export async function letIn(hall: Hall, event: AskingEvent): Promise<readonly Notice[]> {
  const { world } = hall
  if (!isAdmin(event, world.policy.access)) return [{ key: 'admin.only' }]
  const code = codeIn(event)
  if (code === '') return [{ key: 'pairing.usage' }]
  const stranger = await world.pairings.letIn(code, `${event.address.account} ${event.sender.id}`)
  if (stranger === undefined) return [{ key: 'pairing.unknown' }]
  welcome(hall, stranger)
  return [{ key: 'pairing.done', params: { person: stranger.name ?? stranger.userId } }]
}

function codeIn(event: AskingEvent): string {
  const said = event.kind === 'command' ? (event.options['code'] ?? event.rest) : ''
  return (typeof said === 'string' ? said : '').trim().replace(/^code\s*[=:]\s*/i, '')
}

function welcome({ world, errands }: Hall, { code, account, userId, replyTarget, locale }: Pending): void {
  // Of an account that this process does not have: they find out when they write again.
  if (!world.platforms.has(account)) return
  const sender = { id: userId, isBot: false }
  errands.tell({ id: `paired ${code}`, sender, replyTarget, chatKind: 'direct', locale }, [
    { key: 'pairing.welcome' },
  ])
}

/** What waits to be answered always is: that costs no message. */
function tellNowAndThen(hall: Hall, event: AskingEvent, sentence: Notice): Ack {
  const { address, sender } = event
  if (hall.told.first(`${address.account} ${sender.id}`, sentence.key)) return tell(hall, event, sentence)
  return event.kind === 'message' ? NOTHING : { show: 'notice', notice: sentence }
}
