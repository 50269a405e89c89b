// How does one chat go from its question to its end?
import { createVoice } from './chat-voice.ts'
import { piecesOf } from './pieces.ts'
import { Refusal } from './refusal.ts'
import type { ChatRecord, ChatStatus, ConversationRecord } from './records.ts'
import type { ChatPlan, ChatRun, ChatSteps } from './runs.ts'
import type { Script, Step, ToolOutput } from './script.ts'
import type { EventStream } from './sse.ts'
import { drive } from './ticker.ts'
import type { Token, World } from './world.ts'

export function scriptOf(world: World, id: string, fallback: Script | undefined, echo: Script): Script {
  return world.scripts.get(id) ?? fallback ?? echo
}

/** Registers the chat as running; nothing is said before `go`. */
export function startChat(world: World, plan: ChatPlan): ChatRun {
  const { chat, conversation, fault } = plan
  const { store, options } = world
  const isStudio = options.flavor === 'studio'
  const streams = new Set<EventStream>()
  const voice = createVoice(world, plan, send)
  let halt: () => void = () => {}
  let outputs = plan.answered
  let deltas = 0

  store.chats.set(chat.id, chat)
  store.counts.chats += 1
  store.started(chat)
  conversation.runningChatId = chat.id
  const run: ChatRun = { chat, go, submit, cancel, stop: () => halt() }
  world.runs.set(chat.id, run)
  return run

  function go(stream: EventStream | undefined): void {
    if (stream !== undefined) streams.add(stream)
    halt = drive(world.ticker, play())
  }

  function submit(given: readonly ToolOutput[], stream: EventStream | undefined): void {
    outputs = given
    chat.toolCalls = []
    if (!options.waitingChatBlocks) conversation.runningChatId = chat.id
    store.started(chat)
    go(stream)
  }

  function cancel(): void {
    ended('canceled')
    const watched = [...streams].some((stream) => stream.isOpen)
    if (isStudio) sendChat('conversation.chat.cancelled')
    if (watched && !isStudio && options.cancelledStream === 'continues') return
    halt()
    finish()
  }

  function* play(): Generator<number, void> {
    if (chat.status === 'created') sendChat('conversation.chat.created')
    setStatus('in_progress')
    sendChat('conversation.chat.in_progress')
    try {
      yield options.pace.firstDeltaMs
      for (;;) {
        const next = plan.steps.next(outputs)
        outputs = undefined
        if (next.done === true) break
        if ((yield* perform(next.value)) === 'over') return
      }
    } catch (error) {
      failed({ code: 5000, msg: `script: ${error instanceof Error ? error.message : String(error)}` }, 'chat')
      return
    }
    complete()
  }

  function* perform(step: Step): Generator<number, 'over' | undefined> {
    if ('say' in step || 'reason' in step) {
      const isThought = 'reason' in step
      const text = isThought ? step.reason : step.say
      const size = (isThought ? undefined : step.charsPerDelta) ?? options.pace.charsPerDelta
      const deltaMs = (isThought ? undefined : step.deltaMs) ?? options.pace.deltaMs
      for (const piece of piecesOf(text, size)) {
        if (isThought) voice.think(piece)
        else voice.speak(piece)
        deltas += 1
        if (fault.silence?.afterDeltas === deltas) yield fault.silence.ms
        if (fault.fail?.afterDeltas === deltas) return failed(fault.fail, fault.fail.shape ?? 'chat')
        if (fault.errorEvent?.afterDeltas === deltas)
          return errored({ code: fault.errorEvent.code ?? 5000, msg: fault.errorEvent.msg ?? 'stream error' })
        yield deltaMs
      }
      return undefined
    }
    if ('waitMs' in step) {
      yield step.waitMs
      return undefined
    }
    if ('requiresAction' in step) return needAction(step.requiresAction)
    if ('fail' in step) return failed(step.fail, step.shape ?? 'chat')
    if ('error' in step) return errored(step.error)
    if ('refuse' in step) return failed(step.refuse, 'chat')
    if ('cut' in step) for (const stream of streams) stream.cut()
    else voice.other(step)
    return undefined
  }

  function complete(): void {
    voice.finishAnswers()
    chat.usage = { input: 10 + Math.ceil(chat.query.length / 2), output: Math.ceil(voice.spokenChars() / 2) }
    const wasCanceled = chat.status === 'canceled'
    ended('completed')
    if (!wasCanceled) sendChat('conversation.chat.completed')
    voice.lateAudio()
    finish()
  }

  function needAction(calls: readonly Omit<ChatRecord['toolCalls'][number], 'id'>[]): 'over' {
    voice.closeAnswer()
    chat.toolCalls = calls.map((call) => ({ id: `call_${world.ids.next()}`, ...call }))
    setStatus('requires_action')
    if (plan.isChatflow || !options.waitingChatBlocks) conversation.runningChatId = undefined
    store.stopped(chat)
    // Studio never sends this event for agents.
    if (!isStudio || plan.isChatflow) sendChat('conversation.chat.requires_action')
    if (plan.isChatflow) world.waitingFlows.set(conversation.id, plan.steps)
    finish(plan.isChatflow)
    return 'over'
  }

  function failed(error: { readonly code: number; readonly msg: string }, shape: 'chat' | 'bare'): 'over' {
    if (isStudio) return errored(error)
    chat.lastError = { code: error.code, msg: error.msg }
    ended('failed')
    if (shape === 'chat') sendChat('conversation.chat.failed')
    else send('conversation.chat.failed', JSON.stringify(chat.lastError))
    finish()
    return 'over'
  }

  function errored(error: { readonly code: number; readonly msg: string }): 'over' {
    chat.lastError = error
    ended('failed')
    // Studio's chatflows say the code as a string.
    const said = isStudio && plan.isChatflow ? { code: String(error.code), msg: error.msg } : error
    send('error', JSON.stringify(said))
    for (const stream of streams) stream.end()
    world.runs.delete(chat.id)
    return 'over'
  }

  /** Final status, unless a cancel already set one. The conversation is free from here on. */
  function ended(status: 'completed' | 'failed' | 'canceled'): void {
    if (chat.endedAtMs !== undefined) return
    setStatus(status)
    chat.endedAtMs = options.nowMs()
    store.counts[status] += 1
    store.stopped(chat)
    if (conversation.runningChatId === chat.id) conversation.runningChatId = undefined
  }

  function setStatus(status: ChatStatus): void {
    if (chat.endedAtMs === undefined) chat.status = status
  }

  function finish(isOver = chat.status !== 'requires_action'): void {
    for (const stream of streams) stream.finish(plan.done.event, plan.done.data)
    streams.clear()
    if (isOver) world.runs.delete(chat.id)
  }

  function sendChat(event: string): void {
    if (streams.size > 0) send(event, JSON.stringify(world.shapes.chat(chat)))
  }

  function send(event: string, json: string, kind?: 'delta'): void {
    for (const stream of streams) {
      if (stream.isOpen) stream.send(event, json, kind)
      else streams.delete(stream)
    }
  }
}

/** The iterator of a script; a first step `refuse` is thrown before any chat exists. */
export function stepsOf(script: Iterable<Step, unknown, readonly ToolOutput[] | undefined>): ChatSteps {
  const steps = script[Symbol.iterator]()
  let first: IteratorResult<Step, unknown> | undefined = steps.next()
  if (first.done !== true && 'refuse' in first.value)
    throw new Refusal(first.value.refuse.code, first.value.refuse.msg)
  return {
    next(outputs) {
      const given = first ?? steps.next(outputs)
      first = undefined
      return given
    },
  }
}

/** A chat as it is before it runs. */
export function createChat(
  world: World,
  conversation: ConversationRecord,
  token: Token,
  about: Pick<
    ChatRecord,
    | 'id'
    | 'botId'
    | 'workflowId'
    | 'userId'
    | 'query'
    | 'metaData'
    | 'autoSaveHistory'
    | 'streamed'
    | 'insertedIds'
  >,
): ChatRecord {
  return {
    ...about,
    conversationId: conversation.id,
    sectionId: conversation.sectionId,
    owner: token.owner,
    startedAtMs: world.options.nowMs(),
    endedAtMs: undefined,
    status: 'created',
    lastError: { code: 0, msg: '' },
    toolCalls: [],
    messages: [],
    usage: { input: 0, output: 0 },
  }
}
