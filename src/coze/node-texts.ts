// What stands on the screen while the nodes of a workflow speak, one after another or all at once?
//
// 1. take   a piece finds its node, and its place in it (node-pieces.ts).
// 2. show   the node's text as far as it is known; JSON of the end node, lists of items and cards only when whole.
// 3. tell   what was added at the very end is told as a delta; anything else changes the whole.

import type { ReplyEvent } from '../contract/assistant.ts'
import { readFileUrl } from './file-url.ts'
import { promptAsText, readMarkedPrompt } from './interrupt.ts'
import { readJson } from './json.ts'
import { createNodePieces } from './node-pieces.ts'
import type { NodePieces } from './node-pieces.ts'
import { linked, readOutput } from './output.ts'
import { readAnswer } from './wire.ts'
import type { AnswerFile } from './file-url.ts'
import type { NodeMessage } from './workflow-events.ts'

const BLANK_LINE = '\n\n'

export interface NodeTexts {
  /** `eventId`: of the event it came in. */
  take(message: NodeMessage, eventId: string | undefined): void
  /** Every event has a number, also those that say nothing. */
  count(eventId: string | undefined): void
  /** Adds to `out` what is new. Call it after each batch. */
  tell(out: ReplyEvent[]): void
  /** The stream is over: what waited is shown. Tells, too. */
  end(out: ReplyEvent[]): Losses
  /** The run goes on in another stream, which counts from 0 again. */
  nextStream(): void
  /** All that is visible. */
  said(): string
  /** The end node has spoken to its end. */
  isComplete(): boolean
}

export interface Losses {
  /** Numbers that no event had. */
  readonly events: number
  /** Places in nodes where a piece is missing. */
  readonly pieces: number
}

interface Node {
  readonly isEnd: boolean
  readonly contentType: string
  readonly pieces: NodePieces
  isFinished: boolean
  /** What of it stands on the screen. */
  shown: string
}

export function createNodeTexts(show?: string): NodeTexts {
  /** In order of their first piece. */
  const nodes: Node[] = []
  const byKey = new Map<string, Node>()
  /** Not yet told, by address. */
  const files = new Map<string, AnswerFile>()
  const toldFiles = new Set<string>()
  let stream = 0
  let eventIds = new Set<number>()
  let lostEvents = 0
  /** Added at the very end since the last time. */
  let added = ''
  /** Something before the end has changed. */
  let isChanged = false

  function take(message: NodeMessage, eventId: string | undefined): void {
    const isSeen = eventId !== undefined && eventIds.has(Number(eventId))
    const key = `${stream}/${message.nodeKey}`
    const known = byKey.get(key)
    const first = message.seq ?? 0
    const place = known === undefined ? first : known.pieces.placeOf(message, isSeen, known.isFinished)
    if (place === 'double') return
    if (known === undefined || place === 'again') put(begin(key, message), first, message)
    else put(known, place, message)
  }

  function begin(key: string, { seq = 0, isEnd, contentType }: NodeMessage): Node {
    const node = { isEnd, contentType, pieces: createNodePieces(seq), isFinished: false, shown: '' }
    nodes.push(node)
    byKey.set(key, node)
    return node
  }

  function put(node: Node, place: number, { text, isFinish }: NodeMessage): void {
    const change = node.pieces.put(place, text)
    if (isFinish || node.isFinished) finish(node)
    else if (isHeldBack(node)) return
    else if (change === undefined) showAs(node, node.pieces.text())
    // Its first words may have decided only now that it is no JSON.
    else append(node, node.shown === '' ? node.pieces.text() : change)
  }

  function finish(node: Node): void {
    node.isFinished = true
    node.pieces.settle()
    showAs(node, finalText(node))
  }

  function isHeldBack({ isEnd, contentType, pieces, shown }: Node): boolean {
    if (!isPlain(contentType)) return true
    // The end node gives JSON or, streaming, a text.
    return isEnd && shown === '' && /^\s*(?:$|[[{"])/.test(pieces.text())
  }

  /** What a node that has said everything shows; its files come along. */
  function finalText(node: Node): string {
    const { contentType, isEnd } = node
    const text = node.pieces.text()
    if (contentType === 'option' || contentType === 'form_schema') {
      const prompt = readMarkedPrompt(JSON.stringify({ content_type: contentType, content: text }))
      return prompt === undefined ? text : promptAsText(prompt)
    }
    if (!isPlain(contentType)) {
      const answer = readAnswer({ content: text, contentType })
      keep(answer.files)
      return answer.text
    }
    if (isEnd) {
      const output = readOutput(text, show)
      if (isSaidAlready(output.text, node)) return ''
      keep(output.files)
      return output.text
    }
    const file = readFileUrl(text)
    if (file !== undefined) keep([file])
    return linked(text)
  }

  /** Each file is told once. */
  function keep(more: readonly AnswerFile[]): void {
    for (const file of more) if (!toldFiles.has(file.url)) files.set(file.url, file)
    for (const { url } of more) toldFiles.add(url)
  }

  /** The end node mostly repeats what an output node has said. */
  function isSaidAlready(text: string, end: Node): boolean {
    const others = joinTexts(nodes.filter((node) => node !== end).map(({ shown }) => shown))
    return `\n${others.trim()}\n`.includes(`\n${text.trim()}\n`)
  }

  function append(node: Node, text: string): void {
    if (text === '') return
    if (isAtTheEnd(node)) added += node.shown === '' && hasTextBefore(node) ? BLANK_LINE + text : text
    else isChanged = true
    node.shown += text
  }

  function showAs(node: Node, text: string): void {
    if (text === node.shown) return
    if (text.startsWith(node.shown)) {
      append(node, text.slice(node.shown.length))
      return
    }
    node.shown = text
    isChanged = true
  }

  /** Nothing visible follows this node. */
  function isAtTheEnd(node: Node): boolean {
    return nodes.findLast((other) => other === node || other.shown !== '') === node
  }

  function hasTextBefore(node: Node): boolean {
    return nodes.find((other) => other === node || other.shown !== '') !== node
  }

  function said(): string {
    return joinTexts(nodes.map(({ shown }) => shown))
  }

  function tell(out: ReplyEvent[]): void {
    if (isChanged) out.push({ kind: 'whole', text: said() })
    else if (added !== '') out.push({ kind: 'delta', text: added })
    if (files.size > 0) out.push({ kind: 'files', files: [...files.values()] })
    files.clear()
    added = ''
    isChanged = false
  }

  return {
    take,
    count(eventId) {
      const id = Number(eventId)
      if (eventId !== undefined && Number.isSafeInteger(id) && id >= 0) eventIds.add(id)
    },
    tell,
    end(out) {
      for (const node of nodes) {
        if (node.isFinished) continue
        node.pieces.settle()
        // Half of a JSON is nothing to show.
        if (!isHeldBack(node) || readJson(node.pieces.text()) !== undefined) finish(node)
      }
      tell(out)
      return {
        events: lostEvents + missingIn(eventIds),
        pieces: nodes.reduce((sum, { pieces }) => sum + pieces.missing(), 0),
      }
    },
    nextStream() {
      lostEvents += missingIn(eventIds)
      eventIds = new Set()
      stream += 1
    },
    said,
    isComplete: () => nodes.some(({ isEnd, isFinished }) => isEnd && isFinished),
  }
}

function isPlain(contentType: string): boolean {
  return contentType === '' || contentType === 'text'
}

function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(BLANK_LINE)
}

/** As for pieces, so for events. */
function missingIn(numbers: ReadonlySet<number>): number {
  let last = -1
  for (const number of numbers) if (number > last) last = number
  return last + 1 - numbers.size
}
