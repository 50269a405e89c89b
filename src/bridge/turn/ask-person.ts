// Asks the person: journaled first, then shown; from then on it can be answered, however long that takes.

import { createHash } from 'node:crypto'
import { PlatformError } from '../../contract/errors.ts'
import type { MessageId } from '../../contract/event.ts'
import type { Outbox } from '../../contract/platform.ts'
import type { WaitingState } from '../../contract/turn.ts'
import { tokensOf } from './tokens.ts'
import { planAsking, type AskingPlan } from './asking.ts'
import type { Scene } from './scene.ts'
import type { WaitStep } from './step.ts'

const NEVER_ASKED = { conversationId: '', userId: '' }
const DEFAULT_EXPIRES_MS = 30 * 60_000

/** Resolves when the question stands, or when nobody will see it any more; rejects when the process lets go. */
export async function askPerson(scene: Scene, step: WaitStep): Promise<void> {
  const { turn, world, log, route, screen } = scene
  const { account } = turn.record.asked.address
  const outbox = world.platforms.get(account)?.outboxFor(turn.record.asked.replyTarget)
  if (!outbox) throw new Error(`no platform is configured under "${account}"`)
  const before = turn.record.state
  // A restart asks again what was not shown: under the same key, with the same buttons.
  const again = before.phase === 'waiting' && !before.shown
  const askedAtMs = again ? before.askedAtMs : world.clock.now()
  const plan = planFor(scene, step, outbox, askedAtMs)
  const state: WaitingState = {
    phase: 'waiting',
    conversation: 'conversation' in before ? (before.conversation ?? NEVER_ASKED) : NEVER_ASKED,
    askedAtMs,
    use: step.use,
    fields: step.fields,
    values: step.values,
    title: step.title,
    ...(step.link === undefined ? {} : { link: step.link }),
    asking: plan.asking,
    shown: false,
    whoMayAnswer: route?.questions.whoMayAnswer ?? 'asker',
    expiresAtMs: askedAtMs + (route?.questions.expiresMs ?? DEFAULT_EXPIRES_MS),
  }
  const reply = inWords(step, plan, screen.say)
  await scene.saveRecord({ ...turn.record, preface: reply, said: '', state })
  world.waiting.add(turn)
  try {
    // Of several fields the first brought the reply to rest.
    const stands = before.phase === 'waiting' && before.shown && plan.onReply.length === 0
    if (reply.trim() !== '' && !stands) await screen.rest(reply, plan.onReply)
    const messageId = plan.own && (await postOwn(scene, plan.own, outbox, askedAtMs))
    await noteShown(scene, state, messageId)
  } catch (error) {
    world.letGo.throwIfAborted()
    if (!(error instanceof PlatformError) || error.kind === 'cancelled') throw error
    // Words still answer it, and its time runs out: the reply itself says so then, if it can.
    log.warn({ kind: error.kind }, 'the question could not be shown', error)
  }
}

/** Buttons need words above them, and a question that nobody put into words is one all the same. */
function inWords({ fields, reply }: WaitStep, plan: AskingPlan, say: Scene['screen']['say']): string {
  if (reply.trim() !== '' || (plan.own && plan.onReply.length === 0)) return reply
  const [first] = fields
  if (fields.length === 1 && first !== undefined) return first.label
  return say({ key: 'ask.fields', params: { fields: fields.map(({ label }) => label).join(', ') } })
}

function planFor(
  { turn, world, screen }: Scene,
  step: WaitStep,
  outbox: Outbox,
  askedAtMs: number,
): AskingPlan {
  const left = step.fields.filter(({ name }) => step.values[name] === undefined)
  const wanted = {
    fields: left.length === 0 ? step.fields : left,
    onReply: step.use.kind === 'resume' || step.use.kind === 'tool',
    severalFields: step.fields.length > 1,
    title: step.title,
    chatKind: turn.record.asked.chatKind,
    ...(step.link === undefined ? {} : { link: step.link }),
  }
  const newToken = tokensOf(`${turn.record.id} ${askedAtMs}`, world)
  return planAsking(wanted, { ask: outbox.ask !== undefined, limits: outbox.limits }, screen.say, newToken)
}

/** The message that asks beside the reply. Undefined where it cannot be changed later. */
async function postOwn(
  { turn, world }: Scene,
  own: NonNullable<AskingPlan['own']>,
  outbox: Outbox,
  askedAtMs: number,
): Promise<MessageId | undefined> {
  const { asked, id } = turn.record
  const key = createHash('sha256').update(`question ${id} ${askedAtMs}`).digest('hex').slice(0, 24)
  const hangs = asked.chatKind === 'group' || (own.kind === 'words' && !own.lasting)
  const replyTo = hangs && asked.messageId !== undefined ? { replyTo: asked.messageId } : {}
  const opts = { key, controls: own.kind === 'words' ? own.controls : [], ...replyTo }
  const askForm = outbox.ask?.bind(outbox)
  const messageId = await world.pacer.call(
    {
      account: asked.address.account,
      limits: outbox.limits,
      kind: 'post',
      urgency: 'answer',
      repeatable: false,
    },
    (signal) =>
      own.kind === 'form' && askForm !== undefined
        ? askForm(own.form, opts, signal)
        : outbox.post(outbox.renderer.plain(own.kind === 'words' ? own.text : own.form.title), opts, signal),
    world.letGo,
  )
  return own.kind === 'words' && !own.lasting ? undefined : messageId
}

/** The answer may be quicker than the platform's receipt: then there is nothing to note. */
async function noteShown(scene: Scene, state: WaitingState, messageId: MessageId | undefined): Promise<void> {
  const now = scene.turn.record.state
  if (now.phase !== 'waiting' || now.askedAtMs !== state.askedAtMs) return
  const asking = messageId === undefined ? now.asking : { ...now.asking, messageId }
  await scene.save({ ...now, asking, shown: true })
}
