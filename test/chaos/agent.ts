// What does the emulated Coze answer? It reads in the question itself how long and in which manner, so that the same
// question always has the same answer, and a question that was asked twice shows as an answer that stands twice.

import type { Script, Step, WorkflowScript } from '../../src/emulators/coze/index.ts'
import { endMark, pieceMark, type Mark } from './marks.ts'

/** `plain`: at once. `slow`: waits in the middle. `two`: two answers in one chat. `ask`: a question back. */
export type Manner = 'plain' | 'slow' | 'two' | 'ask' | 'flow' | 'askflow' | 'report'

export interface Instruction {
  readonly mark: Mark
  readonly manner: Manner
  readonly chars: number
  /** In the middle of a slow answer. */
  readonly waitMs: number
}

export const FLOWS = {
  flow: '7400000000000000010',
  askflow: '7400000000000000011',
  report: '7400000000000000012',
} as const

export const CHOICES = ['Oslo', 'Bergen'] as const

/** Behind the words of a question. */
export function written({ mark, manner, chars, waitMs }: Instruction): string {
  return `${mark} ${manner} ${chars} ${waitMs}`
}

export function instructionIn(text: string): Instruction | undefined {
  const [, mark, manner, chars, waitMs] = /(q\d{6}) ([a-z]+) (\d+) (\d+)/.exec(text) ?? []
  if (mark === undefined || manner === undefined) return undefined
  return { mark, manner: manner as Manner, chars: Number(chars), waitMs: Number(waitMs) }
}

/** Questions whose words are an answer to a question of the agent's: the bridge has lost what they answer. */
export function isStrayAnswer(query: string): boolean {
  return /q\d{6} answer/.test(query)
}

/** Every chat is told to `onAsked`, as often as Coze is asked. */
export function chaosAgent(onAsked: (query: string) => void): Script {
  return function* (input): Generator<Step, void, readonly { readonly output: string }[] | undefined> {
    onAsked(input.query)
    const instruction = instructionIn(input.query)
    if (instruction === undefined) {
      yield { say: 'I do not know what this is about.' }
      return
    }
    const { manner, waitMs } = instruction
    const [first, second] = halvesOf(instruction)
    const pace = { charsPerDelta: 40, deltaMs: 25 }
    yield { say: first, ...pace }
    if (manner === 'slow') yield { waitMs }
    if (manner === 'two') yield { newAnswer: true }
    if (manner === 'ask') {
      yield {
        requiresAction: [
          { type: 'reply_message', name: 'question', arguments: JSON.stringify({ question: first }) },
        ],
      }
      yield { newAnswer: true }
    }
    yield { say: second, ...pace }
  }
}

/** `ask`: waits for a choice in the middle. */
export function chaosFlow(onAsked: (query: string) => void): WorkflowScript {
  return function* ({ parameters }) {
    const topic = String(parameters['topic'])
    onAsked(topic)
    const instruction = instructionIn(topic)
    if (instruction === undefined) {
      yield { message: 'nothing' }
      return
    }
    const [first, second] = halvesOf(instruction)
    if (instruction.manner === 'report') {
      yield { waitMs: instruction.waitMs }
      yield { output: { output: wholeReply(instruction) } }
      return
    }
    if (instruction.manner === 'askflow') yield { ask: first, choices: CHOICES, form: 'options' }
    else {
      yield { message: first, pieces: 6 }
      yield { waitMs: instruction.waitMs }
    }
    yield { message: second, pieces: 6 }
    yield { output: {} }
  }
}

/** All of the answer, as it should stand on the screen. */
export function wholeReply(instruction: Instruction): string {
  return halvesOf(instruction).join('\n\n')
}

function halvesOf({ mark, manner, chars }: Instruction): readonly [string, string] {
  if (manner === 'ask' || manner === 'askflow')
    return [`${pieceMark(mark, 1)} which town is meant?`, closing(mark, 2, chars)]
  const paragraphs = paragraphsOf(mark, chars)
  const middle = Math.max(1, Math.floor(paragraphs.length / 2))
  return [
    paragraphs.slice(0, middle).join('\n\n'),
    [...paragraphs.slice(middle), `${endMark(mark)}.`].join('\n\n'),
  ]
}

function closing(mark: Mark, from: number, chars: number): string {
  return [...paragraphsOf(mark, chars, from), `${endMark(mark)}.`].join('\n\n')
}

const WORDS = 'river stone walnut lantern harbour meadow cinder 山水 maple quiet copper 灯火 thistle'.split(
  ' ',
)

/** Some of each kind that a chat app draws in its own way; no tables, whose heads are repeated where they are cut. */
function paragraphsOf(mark: Mark, chars: number, from = 1): readonly string[] {
  const paragraphs: string[] = []
  let length = 0
  for (let piece = from; length < chars; piece += 1) {
    const paragraph = paragraphAt(mark, piece)
    paragraphs.push(paragraph)
    length += paragraph.length + 2
  }
  return paragraphs
}

function paragraphAt(mark: Mark, piece: number): string {
  const words = Array.from({ length: 8 }, (_, n) => WORDS[(piece * 5 + n * 3) % WORDS.length] ?? '')
  const text = words.join(' ')
  const own = pieceMark(mark, piece)
  switch (piece % 5) {
    case 1:
      return `${own} the **${text}** and so on.`
    case 2:
      return `- ${own} ${text}\n- *${words.slice(0, 3).join(' ')}*`
    case 3:
      return `${own} ${text}; ${text}.`
    case 4:
      return `> ${own} ${text}`
    default:
      return `${own} \`${words[0] ?? ''}\` ${text}!`
  }
}
