// What does the emulated agent answer when nobody scripted it?
import { fileSteps, objectSteps, pictureSteps, seenText } from './echo-media.ts'
import { longAnswer } from './long-answer.ts'
import type { Script, ScriptInput, Step } from './script.ts'

/**
 * Echo with style: it says what it heard in the language of the question, with every Markdown form a chat app must
 * show, and what the person said before. A `!word` anywhere in the question chooses another behaviour:
 *
 * | word | what happens |
 * |---|---|
 * | `!say TEXT` | answers exactly TEXT |
 * | `!long CHARS [CHARS_PER_DELTA]` | `longAnswer(CHARS)`; without the second number in at most 200 deltas |
 * | `!remember` | only what was said before, one line each |
 * | `!slow [MS]` | waits in the middle (default 10000) |
 * | `!fail [CODE] [bare]`, `!error [CODE]` | half an answer, then `chat.failed` or the `error` event |
 * | `!refuse [CODE]` | a JSON error before the stream |
 * | `!cut` | the connection breaks in the middle; the chat completes on the server |
 * | `!picture`, `!file` | the pictures or files that were sent, or one of its own, as Markdown at signed addresses |
 * | `!objects` | a text, a picture and a file as one object_string |
 * | `!voice [TEXT]` | the answer with its sound: Ogg Opus as `conversation.audio.delta`, the last piece late |
 * | `!reason [CHARS [MS]]` | thinks before it answers: so many characters, in pieces so far apart |
 * | `!tool [MS]` | uses a tool before it answers, which takes so long |
 * | `!two`, `!knowledge`, `!followups`, `!card`, `!audio`, `!empty` | that form |
 * | `!ask` | a question node: `requires_action` with `reply_message` |
 * | `!plugin` | a client plugin: `requires_action` with `function` |
 */
export const echoScript: Script = (input) => {
  const found = /(?:^|\s)!([a-z]+)(?:\s+([\s\S]*))?$/.exec(input.query)
  const word = found?.[1] ?? ''
  const behaviour = Object.hasOwn(behaviours, word) ? behaviours[word] : undefined
  return behaviour === undefined ? [{ say: echoText(input) }] : behaviour(found?.[2] ?? '', input)
}

type Behaviour = (rest: string, input: ScriptInput) => ReturnType<Script>

const behaviours: Readonly<Record<string, Behaviour>> = {
  say: (rest) => [{ say: rest }],
  long(rest) {
    const [chars = 20_000, perDelta] = numbersIn(rest)
    const charsPerDelta = perDelta ?? Math.max(4, Math.ceil(chars / 200))
    return [{ say: longAnswer(chars), charsPerDelta }]
  },
  remember: (_rest, input) => [{ say: memoryText(input) || words(input).nothing }],
  slow: (rest, input) => halves(input, { waitMs: numbersIn(rest)[0] ?? 10_000 }),
  fail(rest, input) {
    const code = numbersIn(rest)[0] ?? 5000
    const shape = /\bbare\b/.test(rest) ? 'bare' : 'chat'
    return halves(input, { fail: { code, msg: 'event interval error' }, shape })
  },
  error: (rest, input) => halves(input, { error: { code: numbersIn(rest)[0] ?? 5000, msg: 'stream error' } }),
  refuse: (rest) => [{ refuse: { code: numbersIn(rest)[0] ?? 4011, msg: 'refused as asked' } }],
  cut: (_rest, input) => halves(input, { cut: true }),
  two: (_rest, input) => [
    { say: `1. ${words(input).heard(input.query)}` },
    { newAnswer: true },
    { say: `2. ${words(input).second}` },
  ],
  reason(rest, input) {
    const [chars, deltaMs] = numbersIn(rest)
    return [chars === undefined ? { reason: THOUGHT } : longThought(chars, deltaMs), { say: echoText(input) }]
  },
  tool(rest, input) {
    const [takesMs] = numbersIn(rest)
    const call = { name: 'get_weather', arguments: { city: 'Oslo' }, response: 'secret-tool-response 7 °C' }
    return [{ tool: takesMs === undefined ? call : { ...call, takesMs } }, { say: echoText(input) }]
  },
  knowledge: (_rest, input) => [{ knowledge: 'secret-knowledge of the owner' }, { say: echoText(input) }],
  followups: (_rest, input) => [
    { say: words(input).heard(input.query) },
    { followUps: words(input).followUps },
  ],
  card: () => [
    { card: { card_type: 3, response_type: 'card', response_for_model: 'A card in words', data: '{}' } },
  ],
  audio: (_rest, input) => [
    { say: words(input).heard(input.query) },
    { audio: 'UklGRg==' },
    { audio: 'AAAA', late: true },
  ],
  picture: (_rest, input) => pictureSteps(input, isChinese(input)),
  file: (_rest, input) => fileSteps(input, isChinese(input)),
  objects: (_rest, input) => objectSteps(isChinese(input)),
  voice(rest, input) {
    const text = rest === '' ? words(input).heard(input.query) : rest
    return [{ say: text }, { voiced: text }]
  },
  empty: () => [],
  *ask(_rest, input) {
    yield { say: words(input).question }
    const outputs = yield {
      requiresAction: [
        {
          type: 'reply_message',
          name: 'question',
          arguments: JSON.stringify({ question: words(input).question }),
        },
      ],
    }
    yield { newAnswer: true }
    yield { say: words(input).heard(outputs?.[0]?.output ?? '') }
  },
  *plugin(_rest, input) {
    const outputs = yield {
      requiresAction: [{ type: 'function', name: 'get_weather', arguments: '{"city":"Oslo"}' }],
    }
    yield { say: words(input).heard(outputs?.[0]?.output ?? '') }
  },
}

const THOUGHT = 'The person asks something. I think it over before I speak.'

/** So long a thought, of numbered sentences: in at most a hundred pieces. */
function longThought(chars: number, deltaMs?: number): Step {
  const length = Math.min(chars, MAX_THOUGHT_CHARS)
  let text = ''
  for (let n = 1; text.length < length; n += 1)
    text += `Thought ${n}: ${THOUGHT}${n % 5 === 0 ? '\n\n' : ' '}`
  const charsPerDelta = Math.max(4, Math.ceil(length / 100))
  return { reason: text.slice(0, length), charsPerDelta, ...(deltaMs === undefined ? {} : { deltaMs }) }
}
const MAX_THOUGHT_CHARS = 100_000

function halves(input: ScriptInput, between: Step): readonly Step[] {
  const text = echoText(input)
  // Whole code points on both sides, so that the two halves join into the same text.
  const points = Array.from(text)
  const middle = Math.floor(points.length / 2)
  return [{ say: points.slice(0, middle).join('') }, between, { say: points.slice(middle).join('') }]
}

/** The default answer, whole. */
export function echoText(input: ScriptInput): string {
  const said = words(input)
  const parts = [
    said.heard(input.query),
    seenText(input.files, isChinese(input)),
    said.body,
    memoryText(input),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function memoryText(input: ScriptInput): string {
  const before = input.history.filter((message) => message.role === 'user')
  if (before.length === 0) return ''
  const said = words(input)
  return [
    said.before(before.length),
    ...before.slice(-20).map((message) => `- ${oneLine(message.text)}`),
  ].join('\n')
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const points = Array.from(line)
  return points.length > 80 ? points.slice(0, 80).join('') + '…' : line
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

interface Words {
  readonly heard: (query: string) => string
  readonly before: (count: number) => string
  readonly nothing: string
  readonly second: string
  readonly question: string
  readonly followUps: readonly string[]
  readonly body: string
}

function words(input: ScriptInput): Words {
  return isChinese(input) ? chinese : english
}

function isChinese(input: ScriptInput): boolean {
  return /\p{Script=Han}/u.test(input.query)
}

const english: Words = {
  heard: (query) => `You said: ${query}`,
  before: (count) => `You said before (${count}):`,
  nothing: 'You said nothing before.',
  second: 'And this is a **second** answer of the same chat.',
  question: 'Which city do you mean?',
  followUps: ['What else can you do?', 'Tell me more', 'And then?'],
  body: `## An echo with style

This is **bold**, this is *italic*, this is \`code\`, and this is a [link](https://www.coze.com/docs). 😀 👩‍🚀

- one
  - one and a half
    - one and three quarters
- two

| name | value |
| --- | ---: |
| deltas | many |
| 中文 | ok |

\`\`\`ts
const answer = 6 * 7 // not <html> & not "quoted"
console.log(answer)
\`\`\`

> What is said once is kept.`,
}

const chinese: Words = {
  heard: (query) => `你说：${query}`,
  before: (count) => `你之前说过（${count} 次）：`,
  nothing: '你之前什么都没说。',
  second: '这是同一次对话里的**第二个**回答。',
  question: '你想查哪个城市？',
  followUps: ['你还会什么？', '再多说一点', '然后呢？'],
  body: `## 有样式的回声

**重要：**请注意，这是*模拟器*的回答，里面有 \`代码\` 和[链接](https://www.coze.cn/docs)。😀 👩‍🚀

- 第一
  - 第一点五
    - 更深一层
- 第二

| 名称 | 值 |
| --- | ---: |
| 片段 | 很多 |
| English | ok |

\`\`\`python
print("你好，世界")  # 不是 <html> & 不是“引号”
\`\`\`

> 说过的话，都会记得。`,
}
