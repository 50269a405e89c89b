// How does a reply end that did not simply end? Failures become a sentence for the person, below what stands.

import type { Failure } from '../../contract/errors.ts'
import type { Notice } from '../../contract/notice.ts'
import { settleAt } from '../../markdown/settle.ts'

/** What the person is told. With part of an answer on screen the sentence is about that; without, about what to do. */
export function noticeFor(
  failure: Failure,
  { isCommand, somethingStands }: { readonly isCommand: boolean; readonly somethingStands: boolean },
): Notice {
  const ofRun = isCommand ? runNotice(failure) : undefined
  if (ofRun !== undefined) return { key: ofRun }
  switch (failure.kind) {
    case 'denied':
    case 'misconfigured':
    case 'rejected':
      return { key: 'failure.owner' }
    case 'quota':
      return { key: 'failure.quota' }
    case 'too-long':
      return { key: 'failure.tooLong' }
    case 'refused':
      return { key: 'failure.refused' }
    case 'unsupported':
      // An address that is not there (404) is a fault of the set-up; the question was none.
      return { key: (failure.httpStatus ?? 0) >= 400 ? 'failure.owner' : 'failure.unsupported' }
    case 'cancelled':
      return { key: 'turn.stopped' }
    case 'rate-limited':
    case 'occupied':
      return { key: somethingStands ? 'failure.brokenOff' : 'failure.busy' }
    case 'unavailable':
    case 'gone':
    case 'lost':
    case 'garbled':
      if (!somethingStands) return { key: 'failure.unavailable' }
      return { key: isCommand ? 'run.failed' : 'failure.brokenOff' }
  }
}

/** Coze's codes for a workflow that is not there, or not published: docs, "Error codes". */
const MISSING: ReadonlySet<number> = new Set([4200, 6031, 720702004, 720702011])
/** Of workflows: 720…, and 6 digits of Studio's own; the reference of codes names no others. */
const OF_WORKFLOWS = /^720/

/** The sentence for a run that failed, where it says more than that of a failed answer. */
function runNotice({
  code,
  kind,
}: Failure): 'run.missing' | 'run.refused' | 'run.failed' | 'failure.owner' | undefined {
  // What this plan or deployment does not have, another way of asking will not bring: the command is the owner's.
  if (kind === 'unsupported') return 'failure.owner'
  if (code !== undefined && MISSING.has(code)) return 'run.missing'
  if (kind === 'rejected') return 'run.refused'
  if (code !== undefined && OF_WORKFLOWS.test(String(code))) return 'run.failed'
  return kind === 'garbled' ? 'run.failed' : undefined
}

/** Nothing but the person's own words, as they were heard: what the bridge itself put there. */
export function isOnlyQuoted(text: string): boolean {
  return text.replaceAll(/^> .*$/gm, '').trim() === ''
}

/** An answer that was cut off, without the half-written mark at its end (two of a fence's backticks, `**`); no word is lost. */
export function withoutHalfMark(answer: string): string {
  const { end, close } = settleAt(answer)
  return /[\p{L}\p{N}]/u.test(answer.slice(end)) ? answer : answer.slice(0, end) + close
}

/** The reply as it goes on screen: the answer, then what has to be said about it. An open fence is closed first. */
export function composeReply(answer: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return answer
  if (answer.trim() === '') return sentences.join('\n\n')
  const fence = openFence(answer)
  const closed = fence === undefined ? answer : `${answer}${answer.endsWith('\n') ? '' : '\n'}${fence}`
  return `${closed}\n\n${sentences.join('\n\n')}`
}

/** The marks that close a code fence the text leaves open. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function openFence(text: string): string | undefined {
  let open: string | undefined
  for (const line of text.split('\n')) {
    const marks = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (!marks) continue
    const [, fence = '', info = ''] = marks
    if (open === undefined) {
      if (fence.startsWith('~') || !info.includes('`')) open = fence
    } else if (fence[0] === open[0] && fence.length >= open.length && info.trim() === '') {
      open = undefined
    }
  }
  return open
}
