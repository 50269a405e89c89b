// Which agents and workflows does the page's emulated Coze have?

import { defaults, type CozeEmulatorOptions } from '../../../emulators/coze/index.ts'
import { workflowsCoze } from '../../script/workflows/flows.ts'
import { FLOWS } from '../../script/workflows/said.ts'
import { pageAgent } from './behaviours.ts'

/** Those a person can see the end of by themselves. */
const SHOWN = [FLOWS.weather, FLOWS.order, FLOWS.trip, FLOWS.book, FLOWS.inspect, FLOWS.guide]

export function pageCoze(behaviour: () => string): CozeEmulatorOptions {
  const workflows = Object.entries(workflowsCoze.workflows ?? {}).filter(([id]) =>
    SHOWN.some((shown) => shown === id),
  )
  return {
    pace: { firstDeltaMs: 200, deltaMs: 35, charsPerDelta: 5 },
    bots: {
      [defaults.botId]: {
        name: 'Rivers',
        script: pageAgent(behaviour),
        prologue: 'Welcome! Ask me anything, or pick a behaviour in the panel below.',
        suggestedQuestions: ['What can you do?', '你好！'],
      },
    },
    workflows: Object.fromEntries(workflows),
  }
}
