// What happens between a question and its whole reply? One turn, step by step, each journaled before the next.
//
// 1. ask      a conversation exists before we ask, so that a lost question can be looked for; then the reply streams.
// 2. look     it may have been asked, but nobody answered us: find it at the assistant before asking again.
// 3. follow   the stream is lost, the reply is not: fetch the rest and go on in the same message.
// 4. submit   the agent waits for tools nobody has: it is told so, honestly, and goes on.
// 5. deliver  the whole reply is known and journaled; it only has to reach the screen.
//
// A turn that is read back from the journal enters at the step its phase names (recover.ts).

import type { ConversationRef, Handle, ReplyEvent, ToolCall } from '../contract/assistant.ts'
import { AssistantError, type Failure } from '../contract/errors.ts'
import { entryStep, type Answering, type AskedState, type Step } from './step.ts'
import { deliver } from './deliver.ts'
import { readReferences } from './complete.ts'
import { composeReply } from './ending.ts'
import { createKeeper, reportFailure } from './keep.ts'
import { remedyFor } from './remedy.ts'
import { createScreen } from './screen.ts'
import { askerOf, conversationFor, dropConversation, keepConversation } from './conversation.ts'
import { routeFor } from './route.ts'
import type { BridgeWorld, LiveTurn } from './world.ts'

/** The person's or the next question's will, as the reason of `LiveTurn.stop`. */
export const STOPPED = new Error('stopped by the person')

/** A lost question may show up at the assistant a little later. */
const LOOK_AGAIN_AFTER_MS = 3_000
/** How long an earlier chat in the same conversation may keep us waiting. */
const OCCUPIED_PAUSE_MS = 2_000
const TOOL_ROUNDS = 8
const HANDLES_KEPT = 10_000

/** Never rejects. Resolves when the reply stands, or when the journal keeps it for the next start. */
export async function runTurn(turn: LiveTurn, world: BridgeWorld): Promise<void> {
  const log = world.log.child({ turn: turn.record.id, account: turn.record.asked.address.account })
  try {
    await createTurn(turn, world, log).run()
  } catch (error) {
    if (world.letGo.aborted) {
      log.info({ phase: turn.record.state.phase }, 'turn left to the journal')
      return
    }
    log.error({ phase: turn.record.state.phase }, 'turn failed', error)
    await world.journal.finish(turn.record).catch((cause: unknown) => {
      log.error({}, 'journal not written', cause)
    })
  }
}

function createTurn(turn: LiveTurn, world: BridgeWorld, log: BridgeWorld['log']) {
  const { assistant, clock, policy } = world
  const { asked } = turn.record
  const route = routeFor(asked, undefined, policy)
  const agent = policy.agents[turn.record.agent]
  const signal = AbortSignal.any([turn.stop.signal, world.letGo])
  const { save, saveParts, saveAsked } = createKeeper(turn, world, log)
  const screen = createScreen(turn, world, log, route, saveParts)
  const own = { turn, world, log, screen, save }
  let tries = { renewed: 0, madeWay: 0, searched: 0 }
  let toolRounds = 0

  return { run }

  async function run(): Promise<void> {
    try {
      await toTheEnd()
    } finally {
      if (world.letGo.aborted) await screen.letGo()
    }
  }

  async function toTheEnd(): Promise<void> {
    if (!agent) {
      log.error({ agent: turn.record.agent }, 'the agent of this turn is no longer configured')
      await deliver(own, '', { key: 'failure.owner' })
      return
    }
    let step: Step = entryStep(turn, route, clock.now())
    while (step.do !== 'deliver') step = await take(step)
    await deliver(own, step.answer, step.notice)
  }

  async function take(step: Exclude<Step, { do: 'deliver' }>): Promise<Step> {
    try {
      switch (step.do) {
        case 'ask':
          return await ask()
        case 'look':
          return await look(step.asked)
        case 'follow':
          return await read(assistant.follow({ agent: known(), ...step.answering }, signal), step)
        case 'submit':
          return await submit(step.answering, step.calls)
      }
    } catch (error) {
      return await afterError(error, step)
    }
  }

  /** What a step threw. The remedy may throw in its turn, also because the person stops it; its tries are counted, so this ends. */
  async function afterError(error: unknown, step: Step): Promise<Step> {
    world.letGo.throwIfAborted()
    if (turn.stop.signal.aborted) return await stopped()
    const failure = error instanceof AssistantError ? error.failure : defect(error)
    try {
      return await afterFailure(failure, step)
    } catch (again) {
      return await afterError(again, step)
    }
  }

  async function ask(): Promise<Step> {
    screen.begin()
    const unreadable = await readReferences(turn, route, { world, log, saveAsked }, signal)
    if (unreadable) return { do: 'deliver', answer: '', notice: unreadable }
    const { text } = turn.record.asked
    const conversation = await conversationFor(turn.record, known(), world, signal)
    const state: AskedState = { phase: 'asked', conversation, askedAtMs: clock.now(), text }
    await save(state)
    const question = {
      agent: known(),
      conversation,
      asker: askerOf(turn.record, world, route),
      turnId: turn.record.id,
      text,
      media: [],
    }
    return await read(assistant.answer(question, signal), { do: 'ask' })
  }

  async function look(state: AskedState): Promise<Step> {
    const question = { agent: known(), turnId: turn.record.id, ...state }
    let found = await assistant.find(question, signal)
    if (found.found === 'absent') {
      await clock.sleep(LOOK_AGAIN_AFTER_MS, signal)
      found = await assistant.find(question, signal)
    }
    switch (found.found) {
      case 'found': {
        const answering: Answering = { ...state, phase: 'answering', handle: found.handle }
        await save(answering)
        return { do: 'follow', answering }
      }
      case 'absent':
        return { do: 'ask' }
      case 'cannotTell':
        return { do: 'deliver', answer: screen.text, notice: { key: 'failure.cannotTell' } }
    }
  }

  async function submit(answering: Answering, calls: readonly ToolCall[]): Promise<Step> {
    toolRounds += 1
    const asksPerson = calls.some((call) => call.kind === 'ask')
    if (asksPerson || toolRounds > TOOL_ROUNDS) {
      // It waits for words of the person's. Such a chat blocks its conversation: the next question gets a new one.
      await dropConversation(turn.record, world)
      return { do: 'deliver', answer: screen.text }
    }
    log.warn({ calls: calls.length }, 'the agent asked for local tools; none are configured')
    const results = calls.map((call) => ({
      id: call.id,
      output: JSON.stringify({ error: `The tool "${call.name}" is not available here.` }),
    }))
    const events = assistant.submit({ agent: known(), ...answering, results }, signal)
    return await read(events, { do: 'submit', answering, calls })
  }

  /** Reads the stream of a step to its end. */
  async function read(events: AsyncIterable<ReplyEvent>, from: Step): Promise<Step> {
    for await (const event of events) {
      switch (event.kind) {
        case 'started':
          await started(event)
          break
        case 'delta':
          screen.append(event.text)
          break
        case 'whole':
          screen.replace(event.text)
          break
        case 'reasoning':
        case 'status':
        case 'files':
        case 'suggestions':
          break
        case 'completed':
          world.metrics.count('bridge_tokens_total', {}, event.usage?.totalTokens ?? 0)
          world.lastHandles.delete(turn.record.scopeKey)
          return { do: 'deliver', answer: screen.text }
        case 'toolCalls': {
          const { state } = turn.record
          return state.phase === 'answering'
            ? { do: 'submit', answering: state, calls: event.calls }
            : { do: 'deliver', answer: screen.text, notice: { key: 'failure.unsupported' } }
        }
        case 'question':
          return { do: 'deliver', answer: composeReply(screen.text, [event.prompt.text]) }
        case 'failed':
          world.letGo.throwIfAborted()
          if (turn.stop.signal.aborted) return await stopped()
          return await afterFailure(event.failure, from)
      }
    }
    throw new Error('the assistant ended a stream without a closing event')
  }

  async function started(event: Extract<ReplyEvent, { kind: 'started' }>): Promise<void> {
    const { state } = turn.record
    const askedAtMs = 'askedAtMs' in state ? state.askedAtMs : clock.now()
    const { handle, conversation } = event
    remember(turn.record.scopeKey, { conversation, handle })
    // Coze may open another conversation than the one asked for: the one it names is the one that remembers.
    if (state.phase === 'asked' && state.conversation.conversationId !== conversation.conversationId) {
      await keepConversation(turn.record, conversation, world)
    }
    await save({ phase: 'answering', conversation, askedAtMs, text: turn.record.asked.text, handle })
  }

  async function afterFailure(failure: Failure, from: Step): Promise<Step> {
    reportFailure(failure, world, log)
    const remedy = remedyFor(failure, {
      state: turn.record.state,
      from,
      tries,
      somethingStands: screen.somethingStands,
      recovered: turn.recovered,
    })
    switch (remedy.do) {
      case 'search':
        tries = { ...tries, searched: tries.searched + 1 }
        if (remedy.pauseMs > 0) await clock.sleep(remedy.pauseMs, signal)
        return remedy.step
      case 'renew':
        tries = { ...tries, renewed: tries.renewed + 1 }
        await dropConversation(turn.record, world)
        return { do: 'ask' }
      case 'makeWay':
        tries = { ...tries, madeWay: tries.madeWay + 1 }
        return await makeWay()
      case 'tell':
        return { do: 'deliver', answer: screen.text, notice: remedy.notice }
    }
  }

  /** Forgotten once the reply is whole; of those that never became whole, the latest are kept. */
  function remember(scopeKey: string, left: { conversation: ConversationRef; handle: Handle }): void {
    const oldest = world.lastHandles.size < HANDLES_KEPT ? undefined : world.lastHandles.keys().next().value
    if (oldest !== undefined) world.lastHandles.delete(oldest)
    world.lastHandles.set(scopeKey, left)
  }

  /** Another chat still runs in our conversation: one we left behind is ended, one we do not know is waited for. */
  async function makeWay(): Promise<Step> {
    const left = world.lastHandles.get(turn.record.scopeKey)
    world.lastHandles.delete(turn.record.scopeKey)
    const ended = left !== undefined && (await cancelled(left))
    if (!ended) await clock.sleep(OCCUPIED_PAUSE_MS, signal)
    return { do: 'ask' }
  }

  /** Ends the reply over there, keeps what stands here. */
  async function stopped(): Promise<Step> {
    const { state } = turn.record
    if (state.phase === 'answering') await cancelled(state)
    return { do: 'deliver', answer: screen.text, notice: { key: 'turn.stopped' } }
  }

  /** False where the assistant would not: mostly because that chat has ended by itself. */
  async function cancelled(running: Pick<Answering, 'conversation' | 'handle'>): Promise<boolean> {
    try {
      await assistant.cancel(running, world.letGo)
      return true
    } catch (error) {
      world.letGo.throwIfAborted()
      log.warn({}, 'the reply could not be cancelled', error)
      return false
    }
  }

  /** Something of ours broke: the person is told as if it were the assistant's fault. */
  function defect(error: unknown): Failure {
    log.error({ phase: turn.record.state.phase }, 'a defect broke the turn', error)
    return { kind: 'garbled', detail: 'a defect of the bridge', outcome: 'unknown' }
  }

  function known(): NonNullable<typeof agent> {
    if (!agent) throw new Error('no agent')
    return agent
  }
}
