// What happens to chats rather than in them: they move, open, close; messages are taken back.

import type { LifeEvent } from '../../contract/event.ts'
import type { Sender, SenderId } from '../../contract/event.ts'
import { isAllowed } from '../access.ts'
import { greet } from './greet.ts'
import { isFirst, placeOf, type Hall } from './hall.ts'
import { agentFor } from './questions.ts'
import { movedScopeKey, routeFor, scopeKey } from '../route.ts'

/** `changed`: told when turns were taken out. */
export async function takeLife(hall: Hall, event: LifeEvent, changed: () => void): Promise<void> {
  const { world } = hall
  switch (event.kind) {
    case 'moved':
      await world.conversations.move((key) => movedScopeKey(key, event.from, event.to))
      world.log.info({ account: event.to.account }, 'a chat moved: its conversations went along')
      return
    case 'retracted':
      await retract(hall, event)
      changed()
      return
    case 'joined':
      await welcome(hall, event)
      return
    case 'gone':
      world.log.debug({ event: event.id, kind: event.kind }, 'noted')
  }
}

/** Somebody took their message back: what has not been asked yet is dropped, without a word. */
async function retract(
  { lanes, world }: Hall,
  { address, messageId }: Extract<LifeEvent, { kind: 'retracted' }>,
): Promise<void> {
  const turns = lanes.take(
    ({ record: { asked } }) =>
      asked.messageId === messageId &&
      asked.address.account === address.account &&
      asked.address.chatId === address.chatId,
  )
  for (const turn of turns) {
    const { record } = turn
    world.uploads.leave(turn)
    turn.stop.abort(new Error('taken back'))
    await world.journal.finish(record)
    world.log.info({ turn: record.id }, 'the question was taken back before it was asked')
  }
}

/** Telegram says that somebody came in, and sends their "/start" right behind: that is answered, too, and one of both is enough. */
const COMES_WITH_START_MS = 1_500

/** First contact: the agent's own opening words, where the place is open to everybody. */
async function welcome(hall: Hall, event: Extract<LifeEvent, { kind: 'joined' }>): Promise<void> {
  const { world, errands, told } = hall
  const { address, how, replyTarget, id } = event
  const chatKind = how === 'started' ? 'direct' : 'group'
  const asked = { address, chatKind, sender: NOBODY } as const
  const route = routeFor(asked, undefined, world.policy)
  if (!route || !isAllowed(asked, world.policy.access)) return
  if (!(await isFirst(hall, id))) return
  const key = scopeKey(asked, route)
  const locale = route.locale ?? world.policy.locale
  const agent = await agentFor(hall, route, key)
  errands.run('greet', async () => {
    await world.clock.sleep(COMES_WITH_START_MS, world.letGo)
    if (!told.first(placeOf(address), 'greeting')) return
    await greet({ id, replyTarget, chatKind, route, agent, locale }, world)
  })
}

/** The event names a chat and no person. */
const NOBODY: Sender = { id: '' as SenderId, isBot: false }
