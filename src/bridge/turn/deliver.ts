// The last step of a turn: the whole reply is journaled, shown, and then forgotten.

import { PlatformError } from '../../contract/errors.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Control } from '../../contract/platform.ts'
import { leftOut } from '../media/asked-text.ts'
import { isReadAloud, readAloud } from './aloud.ts'
import { endControls } from './controls.ts'
import { composeReply, isOnlyQuoted, withoutHalfMark } from './ending.ts'
import { tellPerson, type Addressee } from '../errands.ts'
import type { Scene } from './scene.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/**
 * Resolves when `answer` stands, with what has to be said below it, and the turn is closed; false where its platform would
 * not take it. Rejects when the process lets go.
 */
export async function deliver(scene: Scene, answer: string, notice?: Notice): Promise<boolean> {
  const { turn, world, log, screen } = scene
  const platform = turn.record.asked.address.account
  const { state } = turn.record
  const {
    reply,
    controls = [],
    aloud,
  } = state.phase === 'delivering' ? { ...state, reply: answer } : await composed(scene, answer, notice)
  let stands = true
  try {
    await screen.finish(reply, controls)
  } catch (error) {
    world.letGo.throwIfAborted()
    if (!(error instanceof PlatformError) || error.kind === 'cancelled') throw error
    stands = false
    log.warn({ kind: error.kind }, 'the reply cannot be delivered', error)
    turn.watch?.note({ at: 'undeliverable', kind: error.kind })
    world.metrics.count('bridge_undeliverable_total', { platform })
    // The place is there, but takes no more of this text (a word filter, mostly): silence would look like an end.
    if (error.kind === 'rejected')
      await tellPerson(askerOf(turn, screen), [{ key: 'failure.notShown' }], world)
  }
  const isHeard = await readAloud(scene, aloud)
  // It was sound alone, and that is lost.
  if (reply.trim() === '' && !isHeard) await tellPerson(askerOf(turn, screen), [{ key: 'turn.empty' }], world)
  remember(turn, world)
  world.uploads.leave(turn)
  await world.journal.finish(turn.record)
  world.metrics.observe('bridge_reply_seconds', world.clock.now() - turn.record.acceptedAtMs, { platform })
  return stands
}

const QUESTIONS_KEPT = 10_000

/** For "again": the latest of each scope, as many as fit. */
function remember({ record }: LiveTurn, { lastQuestions }: BridgeWorld): void {
  const { asked, command, scopeKey } = record
  lastQuestions.delete(scopeKey)
  const oldest = lastQuestions.size < QUESTIONS_KEPT ? undefined : lastQuestions.keys().next().value
  if (oldest !== undefined) lastQuestions.delete(oldest)
  const { text, attachments } = asked
  lastQuestions.set(scopeKey, { text, attachments, ...(command === undefined ? {} : { command }) })
}

function askerOf({ record: { id, asked } }: LiveTurn, { locale }: Scene['screen']): Addressee {
  const { messageId, ...who } = asked
  return { id: `${id} not shown`, ...who, locale, ...(messageId === undefined ? {} : { messageId }) }
}

/** The reply as it will stand, journaled: from here on a restart needs no assistant. */
async function composed(
  scene: Scene,
  answer: string,
  notice: Notice | undefined,
): Promise<{ readonly reply: string; readonly controls?: readonly Control[]; readonly aloud?: string }> {
  const { turn, screen, save, brought } = scene
  const { preface = '' } = turn.record
  const own = answer.startsWith(preface) ? answer.slice(preface.length) : answer
  const isEmpty = own.trim() === '' && isOnlyQuoted(preface)
  const notices: Notice[] = [...leftOut(turn.record.asked.attachments)]
  if (notice) notices.push(notice)
  else if (isEmpty && notices.length === 0 && brought.sound.length === 0) notices.push({ key: 'turn.empty' })
  const sentences = notices.map((one) => screen.say(one))
  const reply = composeReply(notice === undefined ? answer : withoutHalfMark(answer), sentences)
  const { state } = turn.record
  const conversation = 'conversation' in state ? state.conversation : undefined
  if (isEmpty) await screen.letStand()
  const isWhole = notice === undefined && !isEmpty
  const { controls, stored } = endControls(scene, { isWhole, answer: own })
  const spoken = isWhole && isReadAloud(scene) ? { aloud: own } : {}
  const known = conversation === undefined ? {} : { conversation }
  await save({ phase: 'delivering', reply, controls, ...spoken, ...known }, stored)
  return { reply, controls, ...spoken }
}
