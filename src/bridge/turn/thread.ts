// A thread for each conversation: opened before the question enters its lane, so that the lane, the conversation and
// the reply all belong to the thread from its first message.

import { PlatformError } from '../../contract/errors.ts'
import type { Route } from '../../contract/policy.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { scopeKey } from '../route.ts'
import type { BridgeWorld } from '../world.ts'

/** What of the question names the thread; the platform's own limit is its adapter's. */
const MAX_TITLE_CHARS = 60

/** Whether this turn shall get a thread that it does not have yet. A command is answered where it was given: the answer is waited for there. */
export function wantsThread(record: TurnRecord, route: Route | undefined): boolean {
  return (
    route?.threads === 'open' &&
    record.state.phase === 'accepted' &&
    record.command === undefined &&
    record.asked.chatKind === 'group' &&
    record.asked.address.threadId === undefined
  )
}

/**
 * The turn as it goes on: in its thread, or where it was asked when no thread can be had. Rejects only when the process
 * lets go. Repeated after a restart, it finds the same thread.
 */
export async function inItsThread(record: TurnRecord, route: Route, world: BridgeWorld): Promise<TurnRecord> {
  const { asked } = record
  const platform = world.platforms.get(asked.address.account)
  const outbox = platform?.outboxFor(asked.replyTarget)
  if (outbox?.openThread === undefined) return record
  const open = outbox.openThread.bind(outbox)
  const opts = {
    title: titleOf(asked.text, asked.sender.name),
    ...(asked.messageId === undefined ? {} : { messageId: asked.messageId }),
  }
  try {
    const { address, replyTarget } = await world.pacer.call(
      {
        account: asked.address.account,
        limits: outbox.limits,
        kind: 'post',
        urgency: 'answer',
        repeatable: true,
      },
      (signal) => open(opts, signal),
      world.letGo,
    )
    // The message that asked stands outside the thread: a reply in it cannot hang on it.
    const { messageId: _outside, ...inside } = asked
    const moved = { ...record, asked: { ...inside, address, replyTarget } }
    const inThread = { ...moved, scopeKey: scopeKey(moved.asked, route) }
    await world.journal.save(inThread)
    return inThread
  } catch (error) {
    world.letGo.throwIfAborted()
    const kind = error instanceof PlatformError ? error.kind : 'unknown'
    world.log.warn({ turn: record.id, kind }, 'no thread could be opened: answering in the channel', error)
    return record
  }
}

function titleOf(text: string, name: string | undefined): string {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('>')) ?? name ?? ''
  const title = line.trim()
  return title.length > MAX_TITLE_CHARS ? `${title.slice(0, MAX_TITLE_CHARS - 1).toWellFormed()}…` : title
}
