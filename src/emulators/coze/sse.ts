// How are server-sent events written, byte for byte, with and without faults?
import type { ServerResponse } from 'node:http'
import { byteWriter } from './bytes.ts'
import type { Fault } from './faults.ts'
import { parseJson } from './json.ts'
import { reshape, reshapes } from './reshape.ts'

/** Cloud chat has no space after the colon and no ids; chatflows have the space; workflows have both. */
export interface Framing {
  readonly space: boolean
  /** The first id, where events have ids. */
  readonly firstId?: number
  /** Studio's workflow streams leave the `data:` line out when there is nothing to say. */
  readonly omitEmptyData?: boolean
}

export const framings = {
  chat: { space: false },
  chatflow: { space: true },
  workflow: { space: true, firstId: 0 },
  studioChatflow: { space: true, firstId: 1, omitEmptyData: true },
  studioWorkflow: { space: true, firstId: 0, omitEmptyData: true },
} satisfies Readonly<Record<string, Framing>>

export interface EventStream {
  /** False once the client went away, or after `end` or `cut`. */
  readonly isOpen: boolean
  /** `kind: 'delta'` is counted by the faults that count deltas. */
  send(event: string, json: string, kind?: 'delta'): void
  /** The event that says the end, then the end. */
  finish(event: string, data: string): void
  end(): void
  /** Breaks the connection after what was written has left. */
  cut(): void
  /** Told when the client closes the connection before the end. */
  onLeft(listener: () => void): void
}

export interface StreamSetting {
  readonly framing: Framing
  readonly fault: Fault
  readonly headers: Readonly<Record<string, string>>
  /** Told every event that was sent whole. */
  readonly onEvent: (event: string, data: string) => void
  readonly onClose: () => void
}

export function openEventStream(response: ServerResponse, setting: StreamSetting): EventStream {
  const { framing, fault } = setting
  const awkward = reshapes(fault)
  const eventPrefix = framing.space ? 'event: ' : 'event:'
  const dataPrefix = framing.space ? '\ndata: ' : '\ndata:'
  let isOpen = true
  let id = framing.firstId
  let deltas = 0
  let heldBack = ''
  let left: () => void = () => {}
  /** For the faults of order. */
  let count = 0
  let held: { readonly event: string; readonly data: string } | undefined
  const delayed: NodeJS.Timeout[] = []
  const bytes = byteWriter(response, fault, () => cut())

  response.writeHead(200, { 'content-type': 'text/event-stream', ...setting.headers })
  response.flushHeaders()
  response.on('close', () => {
    if (isOpen) left()
    isOpen = false
    for (const timer of delayed) clearTimeout(timer)
    setting.onClose()
  })
  if (fault.commentLines === true) write(': welcome\n\n')
  if (fault.unknownEvents === true) sendRaw('conversation.ack', '{"unknown":true}')
  if (fault.bigToolEventBytes !== undefined)
    sendRaw('conversation.message.completed', bigEvent(fault.bigToolEventBytes))

  function write(text: string): void {
    if (!isOpen) return
    let shaped = fault.crlf === true ? text.replaceAll('\n', '\r\n') : text
    if (fault.noFinalBlankLine === true) {
      const body = shaped.trimEnd()
      const tail = shaped.slice(body.length)
      shaped = heldBack + body
      heldBack = tail
    }
    bytes.write(shaped)
  }

  /** Faults of order: what is sent is this event, twice, later, or the one held back before it. */
  function sendRaw(event: string, data: string): void {
    count += 1
    const times = isEach(fault.duplicateEvery, count) ? 2 : 1
    if (held !== undefined) {
      const before = held
      held = undefined
      for (let n = 0; n < times; n += 1) sendDelayed(event, data)
      sendDelayed(before.event, before.data)
      return
    }
    if (isEach(fault.swapEvery, count) && !LAST.has(event)) {
      held = { event, data }
      return
    }
    for (let n = 0; n < times; n += 1) sendDelayed(event, data)
  }

  function sendDelayed(event: string, data: string): void {
    if (fault.delayEventsMs === undefined) {
      sendNow(event, data)
      return
    }
    delayed.push(setTimeout(sendNow, fault.delayEventsMs, event, data))
  }

  function sendNow(event: string, data: string): void {
    const idLine = id === undefined ? '' : `id: ${id++}\n`
    const dataLine = data === '' && framing.omitEmptyData === true ? '' : dataPrefix + data
    write(idLine + eventPrefix + event + dataLine + '\n\n')
    setting.onEvent(event, data)
  }

  function send(event: string, json: string, kind?: 'delta'): void {
    if (!isOpen) return
    const value = awkward ? parseJson(json) : undefined
    sendRaw(event, value === undefined ? json : JSON.stringify(reshape(value, fault)))
    if (kind === undefined) return
    deltas += 1
    if (fault.commentLines === true && deltas % 3 === 0) write(': keep-alive\n\n')
    if (fault.unknownEvents === true && deltas % 5 === 0) sendRaw('conversation.message.glimmer', 'null')
    if (fault.cutAfterDeltas !== undefined && deltas >= fault.cutAfterDeltas) cut()
    if (fault.endAfterDeltas !== undefined && deltas >= fault.endAfterDeltas) end()
  }

  function end(): void {
    if (!isOpen) return
    if (held !== undefined) {
      const { event, data } = held
      held = undefined
      sendDelayed(event, data)
    }
    if (fault.delayEventsMs !== undefined) {
      setTimeout(endNow, fault.delayEventsMs)
      return
    }
    endNow()
  }

  function endNow(): void {
    if (!isOpen) return
    isOpen = false
    bytes.end()
  }

  function cut(): void {
    if (!isOpen) return
    isOpen = false
    bytes.cut()
  }

  return {
    get isOpen() {
      return isOpen
    },
    send,
    end,
    cut,
    onLeft(listener) {
      left = listener
    },
    finish(event, data) {
      if (!isOpen) return
      if (fault.done === 'unquoted') sendRaw('done', '[DONE]')
      else if (fault.done === 'studio') sendRaw('conversation.stream.done', '')
      else if (fault.done === undefined) sendRaw(event, data)
      end()
    },
  }
}

/** What ends a stream stays at its end. */
const LAST: ReadonlySet<string> = new Set(['done', 'conversation.stream.done', 'Done'])

function isEach(every: number | undefined, count: number): boolean {
  return every !== undefined && count % every === 0
}

/** A tool's answer of that many bytes, as one event. */
function bigEvent(sizeBytes: number): string {
  const filler = 'secret-tool-bytes '.repeat(Math.ceil(sizeBytes / 18)).slice(0, sizeBytes)
  return JSON.stringify({
    id: '1',
    conversation_id: '1',
    bot_id: '1',
    chat_id: '1',
    role: 'assistant',
    type: 'tool_response',
    content: filler,
    content_type: 'text',
  })
}
