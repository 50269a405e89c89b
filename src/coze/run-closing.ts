// How does a run of a workflow close: whole, or with a question to the person?

import type { ClosingEvent, Prompt, Usage } from '../contract/assistant.ts'
import type { Interrupt } from './interrupt.ts'
import { toWaitingRun } from './waiting.ts'
import type { RunAbout } from './waiting.ts'

export function runCompleted(debugUrl: string, usage?: Usage): ClosingEvent {
  return {
    kind: 'completed',
    ...(usage === undefined ? {} : { usage }),
    ...(debugUrl === '' ? {} : { debugUrl }),
  }
}

/**
 * `said`: what stands on the screen. A message mostly asked the question before, and then it is not asked twice.
 * `nodeTitle`: better than nothing where nobody says what is wanted.
 */
export function runAsks(interrupt: Interrupt, about: RunAbout, said: string, nodeTitle = ''): ClosingEvent {
  const { prompt } = interrupt
  return {
    kind: 'question',
    prompt: { ...prompt, text: wordsFor(prompt, said, nodeTitle) },
    resume: toWaitingRun(about, interrupt),
  }
}

function wordsFor({ text, fields, link }: Prompt, said: string, nodeTitle: string): string {
  const isSaid = said !== '' && bare(said).endsWith(bare(text))
  if (text !== '') return isSaid ? '' : text
  return said === '' && fields === undefined && link === undefined ? nodeTitle : ''
}

/** Spaces and line ends differ between a message and its interrupt. */
function bare(text: string): string {
  return text.replace(/\s+/g, '')
}
