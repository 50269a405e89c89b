// What happens between a question and its whole reply? One turn, step by step, each journaled before the next.
//
// 1. ask, run  a question to the agent (agent.ts), or a command's workflow (run.ts); the reply streams (reading.ts).
// 2. look      it may have been asked, but nobody answered us: find it at the assistant before asking again.
// 3. follow    the stream is lost, the reply is not: fetch the rest and go on in the same message.
// 4. submit    the agent waits for tools: they are called, and it goes on.
// 5. wait      the person is asked something (ask-person.ts): the turn ends here, and goes on with `resume`.
// 6. deliver   the whole reply is known and journaled; it only has to reach the screen.
//
// A turn that is read back from the journal, or answered, enters at the step its phase names (step.ts).

import { AssistantError, PlatformError, type Failure } from '../../contract/errors.ts'
import type { Notice } from '../../contract/notice.ts'
import type { TurnOutcome } from '../../contract/watch.ts'
import { tellAdmins } from '../admins.ts'
import { agentAsAsked, ask, look, submit } from './agent.ts'
import { dropConversation } from './conversation.ts'
import { deliver } from './deliver.ts'
import { createKeeper, reportFailure } from './keep.ts'
import { askPerson } from './ask-person.ts'
import { QUOTA, readReply } from './reading.ts'
import { remedyFor, StepFailed, type Tries } from './remedy.ts'
import { routeFor } from '../route.ts'
import { lost, resume, run } from './run.ts'
import { nothingBrought, type Scene } from './scene.ts'
import { waitOutside } from './outside.ts'
import { createScreen } from './screen.ts'
import { entryStep, type Answering, type Step } from './step.ts'
import { worldOfTurn } from '../watching.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

/** The person's or the next question's will, as the reason of `LiveTurn.stop`. */
export const STOPPED = new Error('stopped by the person')

/** A run is found by its handle alone. */
const NO_AGENT = { kind: 'bot', bot: '' } as const
/** How long an earlier chat in the same conversation may keep us waiting. */
const OCCUPIED_PAUSE_MS = 2_000

/** Never rejects. Resolves when the reply stands, when its person has been asked something, or when the journal keeps it for the next start. */
export async function runTurn(turn: LiveTurn, house: BridgeWorld): Promise<void> {
  const { watch } = turn
  const log = house.log.child({ turn: turn.record.id, account: turn.record.asked.address.account })
  const world = worldOfTurn(house, turn, log)
  watch?.note({ at: 'begun' })
  const outcome = await outcomeOf(turn, world, log)
  watch?.note({ at: 'ended', outcome })
  const what = ENDED[outcome]
  if (what !== undefined) log.info({ tookMs: world.clock.now() - turn.record.acceptedAtMs }, what)
}

/** For the log; of the others it has heard already. */
const ENDED: Partial<Readonly<Record<TurnOutcome, string>>> = {
  answered: 'answered',
  told: 'answered with a notice',
  stopped: 'stopped by its person',
  waiting: 'its person is asked something',
}

async function outcomeOf(turn: LiveTurn, world: BridgeWorld, log: BridgeWorld['log']): Promise<TurnOutcome> {
  try {
    const asked = await waitOutside(turn, world, log)
    turn.watch?.note({ at: 'admitted' })
    try {
      return await createTurn(turn, world, log, asked).run()
    } finally {
      asked()
    }
  } catch (error) {
    if (world.letGo.aborted || isNotOurs(error)) {
      log.info({ phase: turn.record.state.phase }, 'turn left to the journal')
      return 'left'
    }
    log.error({ phase: turn.record.state.phase }, 'turn failed', error)
    await world.journal.finish(turn.record).catch((cause: unknown) => {
      log.error({}, 'journal not written', cause)
    })
    return 'defect'
  }
}

/** This process may not write any more: whoever may goes on with it. */
function isNotOurs(error: unknown): boolean {
  return error instanceof PlatformError && error.kind === 'cancelled'
}

function createTurn(turn: LiveTurn, world: BridgeWorld, log: BridgeWorld['log'], wasAsked: () => void) {
  const { assistant, clock, policy } = world
  const route = routeFor(turn.record.asked, turn.record.command?.name, policy)
  const signal = AbortSignal.any([turn.stop.signal, world.letGo])
  const keeper = createKeeper(turn, world, log)
  const screen = createScreen(turn, world, log, route, keeper)
  const scene: Scene = {
    ...keeper,
    turn,
    world,
    log,
    route,
    screen,
    signal,
    wasAsked,
    brought: nothingBrought(),
  }
  let tries: Tries = { renewed: 0, madeWay: 0, searched: 0 }
  let quotaGone: Failure | undefined

  return {
    async run(): Promise<TurnOutcome> {
      try {
        const outcome = await toTheEnd()
        if (quotaGone) await tellOfQuota(quotaGone)
        return outcome
      } finally {
        await screen.end()
        if (world.letGo.aborted) await screen.letGo()
      }
    },
  }

  async function toTheEnd(): Promise<TurnOutcome> {
    if (turn.record.command === undefined && !policy.agents[turn.record.agent]) {
      log.error({ agent: turn.record.agent }, 'the agent of this turn is no longer configured')
      return await delivered('', { key: 'failure.owner' })
    }
    let step: Step = turn.stop.signal.aborted ? await stopped() : entryStep(turn, route, clock.now())
    if (step.do === 'deliver') await leaveWaiting()
    for (;;) {
      if (step.do === 'deliver') return await delivered(step.answer, step.notice)
      if (step.do === 'wait') {
        await askPerson(scene, step)
        // Stopped while the question was being shown: nobody else heard of it.
        if (!turn.stop.signal.aborted || !world.waiting.take(turn)) return 'waiting'
        step = await stopped()
        await leaveWaiting()
        continue
      }
      step = await take(step)
    }
  }

  async function delivered(answer: string, notice?: Notice): Promise<TurnOutcome> {
    turn.watch?.note({ at: 'delivering', ...(notice === undefined ? {} : { told: notice.key }) })
    const stands = await deliver(scene, answer, notice)
    if (!stands) return 'undelivered'
    return notice === undefined ? 'answered' : notice.key === 'turn.stopped' ? 'stopped' : 'told'
  }

  async function take(step: Exclude<Step, { do: 'deliver' | 'wait' }>): Promise<Step> {
    try {
      switch (step.do) {
        case 'ask':
          return await ask(scene)
        case 'run':
          return await run(scene)
        case 'resume':
          return await resume(scene, step.answered)
        case 'look':
          return await look(scene, step.asked)
        case 'follow':
          return await follow(step)
        case 'submit':
          return await submit(scene, step.answering, step.calls)
        case 'lost':
          return lost(scene)
      }
    } catch (error) {
      return await afterError(error, step)
    }
  }

  async function follow(step: Extract<Step, { do: 'follow' }>): Promise<Step> {
    const { answering } = step
    const agent = turn.record.command === undefined ? await agentAsAsked(scene) : NO_AGENT
    return await readReply(scene, assistant.follow({ agent, ...answering }, signal), step)
  }

  /** What a step threw. The remedy may throw in its turn, also because the person stops it; its tries are counted, so this ends. */
  async function afterError(error: unknown, step: Step): Promise<Step> {
    world.letGo.throwIfAborted()
    if (turn.stop.signal.aborted) return await stopped()
    const [failure, from] =
      error instanceof StepFailed
        ? [error.failure, error.from]
        : [error instanceof AssistantError ? error.failure : defect(error), step]
    try {
      return await afterFailure(failure, from)
    } catch (again) {
      return await afterError(again, step)
    }
  }

  async function afterFailure(failure: Failure, from: Step): Promise<Step> {
    reportFailure(failure, world, log)
    if (failure.kind === 'quota') quotaGone = failure
    const { command, state } = turn.record
    const remedy = remedyFor(failure, {
      state,
      from,
      tries,
      isCommand: command !== undefined,
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
      case 'lost':
        return { do: 'lost' }
      case 'tell':
        return { do: 'deliver', answer: screen.text, notice: remedy.notice }
    }
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
    screen.giveUpMedia()
    const { state } = turn.record
    if (state.phase === 'answering') await cancelled(state)
    return { do: 'deliver', answer: screen.text, notice: { key: 'turn.stopped' } }
  }

  /** Nobody answered, or nobody wants to: a chat that waits for a tool's words would wait for ever. */
  async function leaveWaiting(): Promise<void> {
    const { state } = turn.record
    if (state.phase !== 'waiting' || state.use.kind !== 'tool') return
    await cancelled({ conversation: state.conversation, handle: state.use.handle })
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

  /** After its person, and holding up nobody behind. */
  async function tellOfQuota({ detail }: Failure): Promise<void> {
    turn.leaveLane()
    const reason = detail.replace(/^[A-Z]+ \/\S+: /, '')
    await tellAdmins(world, { key: 'admin.quota', params: { reason } }, QUOTA)
  }

  /** Something of ours broke: the person is told as if it were the assistant's fault. */
  function defect(error: unknown): Failure {
    log.error({ phase: turn.record.state.phase }, 'a defect broke the turn', error)
    return { kind: 'garbled', detail: 'a defect of the bridge', outcome: 'unknown' }
  }
}
