// How does one chat go from its question to its end?
import { plainSteps } from './chat-media.ts'
import { isAsking, questionOf, replyCall } from './chat-steps.ts'
import { createVoice } from './chat-voice.ts'
import { piecesOf } from './pieces.ts'
import type { ChatRecord, ChatStatus } from './records.ts'
import type { ChatPlan, ChatRun } from './runs.ts'
import type { PlainStep, ToolOutput } from './script.ts'
import type { EventStream } from './sse.ts'
import { drive } from './ticker.ts'
import type { Hold } from './ticker.ts'
import { debugUrl } from './workflow-run.ts'
import type { World } from './world.ts'

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

  function* play(): Generator<number | Hold, void> {
    if (chat.status === 'created') sendChat('conversation.chat.created')
    setStatus('in_progress')
    sendChat('conversation.chat.in_progress')
    try {
      yield options.pace.firstDeltaMs
      for (;;) {
        const next = plan.steps.next(outputs)
        outputs = undefined
        if (next.done === true) break
        for (const step of plainSteps(world, next.value)) if ((yield* perform(step)) === 'over') return
      }
    } catch (error) {
      failed({ code: 5000, msg: `script: ${error instanceof Error ? error.message : String(error)}` }, 'chat')
      return
    }
    complete()
  }

  function* perform(step: PlainStep): Generator<number | Hold, 'over' | undefined> {
    if ('say' in step || 'reason' in step) {
      const isThought = 'reason' in step
      const text = isThought ? step.reason : step.say
      const size = step.charsPerDelta ?? options.pace.charsPerDelta
      const deltaMs = step.deltaMs ?? options.pace.deltaMs
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
    if ('tool' in step) {
      voice.callTool(step.tool)
      if (step.tool.takesMs !== undefined) yield step.tool.takesMs
      voice.toolAnswers(step.tool)
      return undefined
    }
    if ('gate' in step) {
      yield world.gates.at(step.gate)
      return undefined
    }
    if (isAsking(step)) {
      voice.closeAnswer()
      const question = questionOf(step)
      if (question !== '') voice.speak(question)
      return needAction([replyCall(step)])
    }
    if ('requiresAction' in step) return needAction(step.requiresAction)
    // A chatflow's failure is bare in Coze's docs (run chatflow, samples).
    if ('fail' in step) return failed(step.fail, step.shape ?? (plan.isChatflow ? 'bare' : 'chat'))
    if ('error' in step) return errored(step.error)
    if ('refuse' in step) return failed(step.refuse, 'chat')
    if ('cut' in step) for (const stream of streams) stream.cut()
    else voice.other(step)
    return undefined
  }

  function complete(): void {
    voice.closeAnswer()
    const isEmpty = !chat.messages.some((message) => message.type === 'answer')
    if (plan.isChatflow && isEmpty)
      voice.other({ verbose: { msgType: 'empty result', data: 'empty result' } })
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
    if (plan.isChatflow && !isStudio) {
      // As in Coze's docs (run chatflow, samples).
      voice.other({ verbose: { msgType: 'interrupt', data: '' } })
      const data = JSON.stringify({ finish_reason: 1, FinData: '' })
      voice.other({ verbose: { msgType: 'generate_answer_finish', data } })
    }
    chat.toolCalls = calls.map((call) => ({ id: `call_${world.ids.next()}`, ...call }))
    setStatus('requires_action')
    if (plan.isChatflow || !options.waitingChatBlocks) conversation.runningChatId = undefined
    store.stopped(chat)
    // Studio never sends this event for agents.
    if (!isStudio || plan.isChatflow) sendChat('conversation.chat.requires_action')
    if (plan.isChatflow) {
      const { workflowId } = chat
      world.waitingFlows.set(conversation.id, { workflowId, steps: plan.steps })
    }
    finish(plan.isChatflow)
    return 'over'
  }

  function failed(error: { readonly code: number; readonly msg: string }, shape: 'chat' | 'bare'): 'over' {
    if (isStudio) return errored(error)
    chat.lastError = { code: error.code, msg: error.msg }
    ended('failed')
    if (shape === 'chat') sendChat('conversation.chat.failed')
    else {
      const code = plan.isChatflow ? String(error.code) : error.code
      send('conversation.chat.failed', JSON.stringify({ code, msg: error.msg }))
    }
    finish()
    return 'over'
  }

  function errored(error: { readonly code: number; readonly msg: string }): 'over' {
    chat.lastError = error
    ended('failed')
    // Studio's chatflows say the code as a string.
    const place = { executeId: chat.id, workflowId: chat.workflowId }
    const said =
      isStudio && plan.isChatflow
        ? { code: String(error.code), msg: error.msg, debug_url: debugUrl(place) }
        : error
    send('error', JSON.stringify(said))
    for (const stream of streams) stream.end()
    world.runs.delete(chat.id)
    return 'over'
  }

  /** Final status, unless a cancel already set one. The conversation is free from here on. */
  function ended(status: 'completed' | 'failed' | 'canceled'): void {
    if (chat.endedAtMs !== undefined) return
    const wasWaiting = chat.status === 'requires_action'
    setStatus(status)
    chat.endedAtMs = options.nowMs()
    store.counts[status] += 1
    // One that waits for an action has stopped before.
    if (!wasWaiting) store.stopped(chat)
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
