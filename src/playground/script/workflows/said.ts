// What do the workflows and agents of this script say? Written once: they say it, and the steps look for it.

/** Their ids at the emulated Coze. */
export const FLOWS = {
  weather: '7400000000000000101',
  order: '7400000000000000102',
  trip: '7400000000000000103',
  book: '7400000000000000104',
  inspect: '7400000000000000105',
  ramble: '7400000000000000106',
  hurry: '7400000000000000107',
  report: '7400000000000000108',
  /** Nobody made it. */
  lost: '7400000000000000109',
  broken: '7400000000000000110',
  slow: '7400000000000000111',
  tour: '7400000000000000112',
  guide: '7400000000000000113',
  grant: '7400000000000000114',
} as const

export const LOOKING = (city: string): string => `Looking at the sky over **${city}** …`
export const FORECAST = (days: number, unit: string): string =>
  `## The next days\n\n${Array.from({ length: days }, (_, n) => `- Day ${n + 1}: ${12 + n} °${unit}, some clouds`).join('\n')}`
export const ADVICE = 'Take an umbrella, *just in case*.'

/** All that /weather says, in order. */
export function weatherOf(city: string, days: number, unit: string): string {
  return [LOOKING(city), FORECAST(days, unit), ADVICE].join('\n\n')
}

export const TRIP = {
  hello: (topic: string): string => `A journey, then: ${topic}.`,
  where: 'Where shall we go?',
  places: ['Oslo', 'Bergen', 'Tromsø'],
  who: 'Who comes along?',
  plan: (place: string, who: string): string => `So you travel to **${place}** with ${who}.`,
  end: 'Have a good journey!',
} as const

export const BOOK = {
  ask: 'A few words about your stay',
  done: (name: string, nights: number, breakfast: boolean): string =>
    `A room for ${name}: ${nights} nights, ${breakfast ? 'with' : 'without'} breakfast.`,
} as const

export const RAMBLE = {
  before: (topic: string): string => `It begins with ${topic}, and who knows where it will end.`,
  after: 'At last it reaches the sea.',
} as const

export const HURRY = { ask: 'Quick: yes or no?', choices: ['Surely', 'Never'] } as const

export const REPORT = (topic: string): string => `The report about **${topic}** is ready.`

export const BROKEN = 'This stands before the fault.'

export const SLOW = {
  before: (topic: string): string => `Much is to be done about ${topic}.`,
  after: 'And now, long after, it is done.',
} as const

export const AGENT = {
  answer: (query: string): string => `You said: ${query}`,
  suggestions: (query: string): readonly string[] => [`More about ${query}`, `Why ${query}?`],
} as const

export const TOUR = {
  asks: ['What is your name?', 'What is your quest?', 'What is your favourite colour?'],
  end: (answers: readonly string[]): string => `You may pass: ${answers.join('; ')}.`,
} as const

export const GRANT = {
  page: 'https://www.coze.example/consent?plugin=calendar',
  end: 'Your calendar is empty today.',
} as const

export const GUIDE = (taste: string, nights: number, platform: string, query: string): string =>
  `For somebody on ${platform} who likes ${taste} and stays ${nights} nights: ${query}`

/** The agent's own opening words. */
export const PROLOGUE = {
  text: 'Welcome! I know every river.',
  questions: ['Which is the longest?', 'Which is the coldest?'],
}

/** How the agent is told to ask, or to use a tool. */
export const ASK = {
  say: 'ask me something',
  question: 'Which river do you like best?',
  choices: ['Nile', 'Rhine'],
  end: (river: string): string => `The ${river} it is.`,
} as const

export const TOOL = {
  say: 'use your tool',
  name: 'level_of_river',
  unknown: 'nobody_has_this',
  end: (level: string): string => `The river stands at ${level}.`,
} as const

/** Where a run waits until the step lets it go on. */
export function gateOf(flow: 'ramble' | 'report' | 'slow', topic: string): string {
  return `${flow} ${topic}`
}
