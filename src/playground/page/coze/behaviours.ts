// How may the emulated Coze behave? What the panel offers, and what each of them does.

import {
  echoScript,
  echoText,
  longAnswer,
  type Script,
  type ScriptInput,
  type Step,
} from '../../../emulators/coze/index.ts'
import type { PageBehaviour } from '../protocol.ts'

export interface Behaviour extends PageBehaviour {
  readonly script: Script
}

export const FIRST_BEHAVIOUR = 'echo'

const LONG_CHARS = 9_000

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    id: 'echo',
    label: { en: 'Echo', zh: '回声' },
    says: { en: 'Repeats what you say, in every kind of markup.', zh: '用各种样式复述你的话。' },
    script: function* (input) {
      yield { say: echoText(input) }
      yield { followUps: said(input, FOLLOW_UPS) }
    },
  },
  {
    id: 'fast',
    label: { en: 'Fast', zh: '快速' },
    says: { en: 'The same in large pieces, as fast as it can.', zh: '同样的内容，大块快速输出。' },
    script: (input) => [{ say: echoText(input), charsPerDelta: 60, deltaMs: 5 }],
  },
  {
    id: 'slow',
    label: { en: 'Slow', zh: '缓慢' },
    says: { en: 'Word by word, with a long pause in the middle.', zh: '逐字输出，中间长时间停顿。' },
    script: (input) => {
      const text = echoText(input)
      const half = Math.floor(text.length / 2)
      return [
        { waitMs: 2_000 },
        { say: text.slice(0, half), charsPerDelta: 3, deltaMs: 110 },
        { waitMs: 5_000 },
        { say: text.slice(half), charsPerDelta: 3, deltaMs: 110 },
      ]
    },
  },
  {
    id: 'long',
    label: { en: 'Long', zh: '长文' },
    says: {
      en: '9,000 characters: more than one message on each platform.',
      zh: '9000 字，每个平台都会分成多条消息。',
    },
    script: () => [{ say: longAnswer(LONG_CHARS), charsPerDelta: 45, deltaMs: 40 }],
  },
  {
    id: 'reasoning',
    label: { en: 'Thinking', zh: '思考' },
    says: {
      en: 'Thinks aloud before it answers; the thinking folds away.',
      zh: '先思考再回答，思考过程会折叠起来。',
    },
    script: function* (input) {
      for (const thought of said(input, THOUGHTS)) {
        yield { reason: thought }
        yield { waitMs: 450 }
      }
      yield { say: echoText(input) }
    },
  },
  {
    id: 'tool',
    label: { en: 'Tool', zh: '工具' },
    says: {
      en: 'Looks at the weather first: a passing line says so.',
      zh: '先调用天气工具，期间显示一行状态。',
    },
    script: function* (input) {
      yield {
        tool: {
          name: 'get_weather',
          arguments: { city: 'Oslo' },
          response: '{"temperature":7,"sky":"clear"}',
        },
      }
      yield { waitMs: 2_500 }
      yield { say: said(input, WEATHER) }
    },
  },
  {
    id: 'question',
    label: { en: 'Question', zh: '提问' },
    says: { en: 'Asks back with buttons, and goes on with the answer.', zh: '用按钮反问，根据回答继续。' },
    script: function* (input) {
      const { ask, choices, end } = said(input, QUESTION)
      if (choices.includes(input.query)) yield { say: end(input.query) }
      else {
        yield { say: ask }
        yield { followUps: choices }
      }
    },
  },
  {
    id: 'failing',
    label: { en: 'Failing', zh: '失败' },
    says: { en: 'Breaks off with an error after half an answer.', zh: '回答到一半报错。' },
    script: (input) => halves(input, { fail: { code: 5000, msg: 'event interval error' } }),
  },
  {
    id: 'cut',
    label: { en: 'Cut', zh: '断线' },
    says: {
      en: 'The connection breaks in the middle; the bridge fetches the rest.',
      zh: '连接中途断开，由桥接程序取回其余内容。',
    },
    script: (input) => halves(input, { cut: true }),
  },
  {
    id: 'pictures',
    label: { en: 'Pictures', zh: '图片' },
    says: { en: 'Draws a picture, or sends back yours.', zh: '画一张图，或回传你的图片。' },
    script: (input) => echoScript({ ...input, query: `${input.query} !picture` }),
  },
]

/** The agent: as the panel says, unless the person asks for something by `!word`. `chosen`: the behaviour's id now. */
export function pageAgent(chosen: () => string): Script {
  return (input) => {
    if (/(?:^|\s)![a-z]+/.test(input.query)) return echoScript(input)
    const behaviour = BEHAVIOURS.find(({ id }) => id === chosen())
    return (behaviour?.script ?? echoScript)(input)
  }
}

function halves(input: ScriptInput, between: Step): readonly Step[] {
  const text = echoText(input)
  const half = Math.floor(text.length / 2)
  return [{ say: text.slice(0, half) }, between, { say: text.slice(half) }]
}

interface InBoth<T> {
  readonly en: T
  readonly zh: T
}

/** In the language of the question. */
function said<T>({ query }: ScriptInput, words: InBoth<T>): T {
  return /\p{Script=Han}/u.test(query) ? words.zh : words.en
}

const FOLLOW_UPS: InBoth<readonly string[]> = {
  en: ['What else can you do?', 'Tell me more'],
  zh: ['你还会什么？', '再多说一点'],
}

const THOUGHTS: InBoth<readonly string[]> = {
  en: [
    'The person asks something. ',
    'First I look at what was really asked, ',
    'then at what I know about it. ',
    'An example would help, and a table. ',
    'A picture would be too much here. ',
    'Short sentences, then; a list; and the code at the end. ',
    'Good: that is how I say it.',
  ],
  zh: [
    '对方提了一个问题。',
    '先弄清楚真正想问的是什么，',
    '再看看我知道些什么。',
    '举个例子会有帮助，再加一张表。',
    '图片就不必了。',
    '那就用短句、一个列表，最后给出代码。',
    '好，就这么说。',
  ],
}

const WEATHER: InBoth<string> = {
  en: 'In **Oslo** it is 7 °C under a clear sky.\n\n- morning: 4 °C\n- noon: 7 °C\n- evening: 5 °C',
  zh: '**奥斯陆**现在 7 °C，天气晴朗。\n\n- 早上：4 °C\n- 中午：7 °C\n- 晚上：5 °C',
}

const QUESTION: InBoth<{
  readonly ask: string
  readonly choices: readonly string[]
  readonly end: (choice: string) => string
}> = {
  en: {
    ask: 'Which river do you like best?',
    choices: ['Nile', 'Rhine', 'Yangtze'],
    end: (river) => `The **${river}** it is: a fine river.`,
  },
  zh: {
    ask: '你最喜欢哪条河？',
    choices: ['尼罗河', '莱茵河', '长江'],
    end: (river) => `那就是**${river}**了，好河。`,
  },
}
