// How do an agent's words become messages, kept and sent?
import { objectString } from './chat-media.ts'
import type { ChatPlan } from './runs.ts'
import type { MessageRecord, MessageType } from './records.ts'
import type { Step, ToolUse } from './script.ts'
import type { World } from './world.ts'

/** Steps that make a message at once. */
export type MessageStep = Extract<
  Step,
  | { readonly newAnswer: true }
  | { readonly knowledge: string }
  | { readonly verbose: unknown }
  | { readonly followUps: unknown }
  | { readonly card: unknown }
  | { readonly objects: unknown }
  | { readonly audio: string }
>

export interface Voice {
  /** A piece of the answer; opens an answer message if none is open. */
  speak(piece: string): void
  think(piece: string): void
  callTool(tool: ToolUse): void
  toolAnswers(tool: ToolUse): void
  other(step: MessageStep): void
  closeAnswer(): void
  /** Closes the answer, says that all answers are given, and suggests follow-ups. */
  finishAnswers(): void
  lateAudio(): void
  spokenChars(): number
}

type Send = (event: string, json: string, kind?: 'delta') => void

interface OpenAnswer {
  readonly message: MessageRecord
  /** The delta's JSON up to the changing text, encoded once per message. */
  readonly before: string
  readonly after: string
}

export function createVoice(world: World, plan: ChatPlan, send: Send): Voice {
  const { chat, conversation } = plan
  let answer: OpenAnswer | undefined
  let spoken = 0
  let followUps: readonly string[] = []
  const late: string[] = []

  function create(type: MessageType, content: string, contentType = 'text'): MessageRecord {
    const nowS = world.nowS()
    const message: MessageRecord = {
      id: world.ids.next(),
      conversationId: chat.conversationId,
      chatId: chat.id,
      botId: chat.botId,
      sectionId: chat.sectionId,
      role: 'assistant',
      type,
      content,
      contentType,
      reasoning: '',
      metaData: {},
      createdAtS: nowS,
      updatedAtS: nowS,
      feedback: undefined,
    }
    chat.messages.push(message)
    return message
  }

  function openAnswer(): OpenAnswer {
    if (answer !== undefined) return answer
    const message = create('answer', '')
    const [before = '', after = ''] = deltaJson(world, message).split(HOLE)
    answer = { message, before, after }
    return answer
  }

  function complete(message: MessageRecord): void {
    message.updatedAtS = world.nowS()
    send('conversation.message.completed', JSON.stringify(world.shapes.message(message)))
  }

  /** What is said after a cancel belongs to no history. */
  function remember(message: MessageRecord): void {
    if (chat.autoSaveHistory && chat.endedAtMs === undefined) conversation.messages.push(message)
  }

  function closeAnswer(): void {
    if (answer === undefined) return
    const { message } = answer
    answer = undefined
    remember(message)
    complete(message)
  }

  function whole(type: MessageType, content: string): void {
    complete(create(type, content))
  }

  function wholeAnswer(content: string, contentType: string): void {
    const message = create('answer', content, contentType)
    remember(message)
    complete(message)
  }

  function noteFirst(): void {
    if (spoken > 0) return
    if (world.firstDeltas.length >= MAX_FIRST_DELTAS) world.firstDeltas.splice(0, MAX_FIRST_DELTAS / 2)
    const atMs = performance.now()
    world.firstDeltas.push({ chatId: chat.id, atMs, epochMs: performance.timeOrigin + atMs })
  }

  return {
    speak(piece) {
      const open = openAnswer()
      open.message.content += piece
      noteFirst()
      spoken += piece.length
      send(
        'conversation.message.delta',
        open.before + `"content":${JSON.stringify(piece)}` + open.after,
        'delta',
      )
    },
    think(piece) {
      const open = openAnswer()
      open.message.reasoning += piece
      const text = `"content":"","reasoning_content":${JSON.stringify(piece)}`
      send('conversation.message.delta', open.before + text + open.after, 'delta')
    },
    callTool({ name, arguments: given }) {
      closeAnswer()
      const call = { name, arguments: given, plugin_id: '1', plugin_name: name, plugin_type: 1 }
      whole('function_call', JSON.stringify(call))
    },
    toolAnswers({ response }) {
      const answered = { content_type: 1, response_for_model: response, type_for_model: 1 }
      whole('tool_response', JSON.stringify(answered))
    },
    other(step) {
      if ('followUps' in step) {
        followUps = step.followUps.slice(0, 3)
        return
      }
      if ('audio' in step && step.late === true) {
        late.push(step.audio)
        return
      }
      closeAnswer()
      if ('knowledge' in step) {
        const chunks = [{ slice: step.knowledge, score: 0.9, meta: {} }]
        whole('verbose', verbose('knowledge_recall', JSON.stringify({ chunks, ori_req: '', status_code: 0 })))
        if (world.options.flavor === 'studio') whole('knowledge', JSON.stringify(chunks))
      } else if ('verbose' in step) whole('verbose', verbose(step.verbose.msgType, step.verbose.data))
      else if ('card' in step) {
        wholeAnswer(JSON.stringify(step.card), 'card')
      } else if ('objects' in step) wholeAnswer(objectString(world, step.objects), 'object_string')
      else if ('audio' in step) sendAudio(step.audio)
    },
    closeAnswer,
    finishAnswers() {
      closeAnswer()
      const finDataKey = world.options.flavor === 'studio' ? 'fin_data' : 'FinData'
      whole(
        'verbose',
        verbose('generate_answer_finish', JSON.stringify({ finish_reason: 0, [finDataKey]: '' })),
      )
      for (const text of followUps) whole('follow_up', text)
    },
    lateAudio() {
      for (const piece of late) sendAudio(piece)
    },
    spokenChars: () => spoken,
  }

  function sendAudio(base64: string): void {
    const json = JSON.stringify({
      id: chat.messages.findLast((message) => message.type === 'answer')?.id ?? chat.id,
      conversation_id: chat.conversationId,
      bot_id: chat.botId,
      role: 'assistant',
      type: 'answer',
      content: base64,
      content_type: 'audio',
      chat_id: chat.id,
    })
    send('conversation.audio.delta', json)
  }
}

/** How many moments are kept for a bench to read. */
const MAX_FIRST_DELTAS = 100_000

const HOLE = '"content":"\\u0000hole"'

/** A message as deltas carry it: without times, its content a hole to be filled. */
function deltaJson(world: World, message: MessageRecord): string {
  const {
    created_at: _created,
    updated_at: _updated,
    ...rest
  } = world.shapes.message({
    ...message,
    content: '\u0000hole',
  })
  return JSON.stringify(rest)
}

function verbose(msgType: string, data: string): string {
  return JSON.stringify({ msg_type: msgType, data, from_module: null, from_unit: null })
}
