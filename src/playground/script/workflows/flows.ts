// What do the workflows and agents of this script do at the emulated Coze?

import {
  answerOf,
  defaults,
  fieldsOf,
  type CozeEmulatorOptions,
  type Script as Chat,
  type WorkflowScript,
} from '../../../emulators/coze/index.ts'
import {
  FLOWS,
  LOOKING,
  FORECAST,
  ADVICE,
  TRIP,
  BOOK,
  RAMBLE,
  HURRY,
  REPORT,
  BROKEN,
  SLOW,
  AGENT,
  TOUR,
  GRANT,
  GUIDE,
  PROLOGUE,
  ASK,
  TOOL,
  gateOf,
} from './said.ts'

/** A node's error, as Coze numbers them. */
const NODE_ERROR = 720701013
const PIECES = 6

const weather: WorkflowScript = function* ({ parameters }) {
  const { city, days, unit } = parameters
  yield { message: LOOKING(String(city)), node: 'Look', pieces: PIECES }
  yield { message: FORECAST(Number(days), String(unit)), node: 'Forecast', pieces: PIECES }
  yield { answer: ADVICE, pieces: PIECES }
}

const order: WorkflowScript = function* ({ parameters }) {
  yield { output: { output: `Order ${String(parameters['number'])} is on its way.` } }
}

const trip: WorkflowScript = function* ({ parameters }) {
  yield { message: TRIP.hello(String(parameters['topic'])), node: 'Hello', pieces: PIECES }
  const place = yield { ask: TRIP.where, choices: TRIP.places, form: 'options', node: 'Where' }
  const who = yield { ask: TRIP.who, node: 'Who' }
  yield { message: TRIP.plan(String(place), String(who)), node: 'Plan', pieces: PIECES }
  yield { answer: TRIP.end, pieces: 2 }
}

const book: WorkflowScript = function* () {
  const given = fieldsOf(
    yield {
      input: {
        guest: { type: 'string', required: true, description: 'Name of the guest' },
        nights: { type: 'integer', required: true, description: 'Nights' },
        breakfast: { type: 'boolean', required: true, description: 'Breakfast' },
      },
      text: BOOK.ask,
    },
  )
  const { guest, nights, breakfast } = given
  yield { answer: BOOK.done(String(guest), Number(nights), breakfast === true || breakfast === 'true') }
}

const inspect: WorkflowScript = function* (input) {
  const file = input.file(input.parameters['document'])
  yield { output: { name: file?.name, size: file?.sizeBytes, sha256: file?.sha256 } }
}

const ramble: WorkflowScript = function* ({ parameters }) {
  const topic = String(parameters['topic'])
  yield { message: RAMBLE.before(topic), node: 'Begin', pieces: PIECES }
  yield { gate: gateOf('ramble', topic) }
  yield { message: RAMBLE.after, node: 'End' }
  yield { answer: RAMBLE.after }
}

const hurry: WorkflowScript = function* () {
  const answer = yield { ask: HURRY.ask, choices: HURRY.choices, form: 'options' }
  yield { answer: `Then ${String(answer)}.` }
}

const report: WorkflowScript = function* ({ parameters }) {
  const topic = String(parameters['topic'])
  yield { gate: gateOf('report', topic) }
  yield { output: { output: REPORT(topic) } }
}

const broken: WorkflowScript = function* () {
  yield { message: BROKEN, node: 'Before', pieces: 2 }
  yield { workflowError: { code: NODE_ERROR, message: 'node LLM: model overloaded' } }
}

const slow: WorkflowScript = function* ({ parameters }) {
  const topic = String(parameters['topic'])
  // Longer than Discord waits for a first answer.
  yield { waitMs: 3_500 }
  yield { message: SLOW.before(topic), node: 'Begin' }
  yield { gate: gateOf('slow', topic) }
  yield { answer: SLOW.after, pieces: 2 }
}

const tour: WorkflowScript = function* () {
  const answers: string[] = []
  for (const ask of TOUR.asks) answers.push(String(yield { ask, node: ask }))
  yield { answer: TOUR.end(answers) }
}

const grant: WorkflowScript = function* () {
  yield { authorize: GRANT.page }
  yield { answer: GRANT.end }
}

const guide: Chat = ({ query, parameters }) => [
  {
    say: GUIDE(String(parameters['taste']), Number(parameters['nights']), String(parameters['place']), query),
  },
]

const agent: Chat = function* ({ query }) {
  if (query.startsWith(ASK.say)) {
    const river = answerOf((yield { ask: ASK.question, choices: ASK.choices }) ?? [])
    yield { newAnswer: true }
    yield { say: ASK.end(river) }
  } else if (query.startsWith(TOOL.say)) {
    const outputs =
      (yield {
        requiresAction: [
          { type: 'function', name: TOOL.name, arguments: JSON.stringify({ river: query }) },
          { type: 'function', name: TOOL.unknown, arguments: '{}' },
        ],
      }) ?? []
    yield { say: TOOL.end(outputs.map(({ output }) => output).join(' and ')) }
  } else {
    yield { say: AGENT.answer(query) }
    yield { followUps: AGENT.suggestions(query) }
  }
}

export const workflowsCoze: CozeEmulatorOptions = {
  pace: { firstDeltaMs: 40, deltaMs: 40, charsPerDelta: 6 },
  bots: {
    [defaults.botId]: {
      name: 'Rivers',
      script: agent,
      prologue: PROLOGUE.text,
      suggestedQuestions: PROLOGUE.questions,
    },
  },
  workflows: {
    [FLOWS.weather]: { name: 'weather', script: weather },
    [FLOWS.order]: { name: 'order', script: order },
    [FLOWS.trip]: { name: 'trip', script: trip },
    [FLOWS.book]: { name: 'book', script: book },
    [FLOWS.inspect]: { name: 'inspect', script: inspect },
    [FLOWS.ramble]: { name: 'ramble', script: ramble },
    [FLOWS.hurry]: { name: 'hurry', script: hurry },
    [FLOWS.report]: { name: 'report', script: report },
    [FLOWS.broken]: { name: 'broken', script: broken },
    [FLOWS.slow]: { name: 'slow', script: slow },
    [FLOWS.tour]: { name: 'tour', script: tour },
    [FLOWS.grant]: { name: 'grant', script: grant },
    [FLOWS.guide]: { name: 'guide', kind: 'chatflow', chat: guide },
  },
}
