// What does each code of Coze mean, and what helps against it?

import type { FailureKind } from '../contract/errors.ts'

export interface CodeRule {
  readonly kind: FailureKind
  /**
   * `later`: the same again may work soon. `login`: with a fresh token, once. `no`: never by itself.
   * Whether it *is* tried again also depends on the call: see retry.ts.
   */
  readonly again: 'no' | 'later' | 'login'
  /** Coze may have begun to work (and bill) before it gave up. */
  readonly mayHaveBegun?: boolean
  /** When the answer itself names no time. */
  readonly retryAfterMs?: number
  readonly meaning: string
}

/**
 * Codes and meanings: Coze docs, "Error codes" (Dec 2025), unless `meaning` ends in another source:
 * [realtime] Coze docs, "Realtime error codes"; [Studio] coze-dev/coze-studio, `types/errno`; [seen] seen on the wire.
 */
const rules: Readonly<Record<number, CodeRule>> = {
  400: no('rejected', 'parameter refused [Studio]'),
  4000: no('rejected', 'missing or invalid parameter'),
  4001: no('gone', 'chat not found, or of another account'),
  4002: no('gone', 'conversation not found, or of another account'),
  4003: no('rejected', 'meta_data over its limit'),
  4004: no('rejected', 'too many additional_messages'),
  4005: no('rejected', 'message not found, or its content is bad'),
  4006: no('misconfigured', 'bot not found, or no access to it'),
  4007: no('misconfigured', 'a chat without stream needs auto_save_history'),
  4008: no('quota', 'daily use of this bot exceeded'),
  4009: later('unavailable', 'system at capacity'),
  4010: no('too-long', 'prompt exceeds the limit of the model'),
  4011: no('quota', 'token or credit balance insufficient'),
  4012: no('misconfigured', 'model invalid or delisted'),
  4013: { ...later('unavailable', 'model error'), mayHaveBegun: true },
  4014: no('refused', 'the bot cannot answer this question'),
  4015: no('misconfigured', 'bot not published to the API channel'),
  4016: no('occupied', 'the conversation already has a running chat'),
  4019: no('quota', 'Volcengine pay-as-you-go balance insufficient'),
  4020: { ...later('rate-limited', 'Volcengine requests per minute exceeded'), retryAfterMs: 60_000 },
  4021: no('misconfigured', 'workflow not configured'),
  4022: no('quota', 'model account in arrears'),
  4027: no('quota', 'account overdue [realtime]'),
  4028: no('quota', 'free quota or credits used up [realtime]'),
  4029: no('rejected', 'realtime room idle [realtime]'),
  4100: login('authentication invalid'),
  4101: login('token incorrect, or without permission for this resource'),
  4102: no('refused', 'blocked by risk control'),
  4104: no('rejected', 'the chat cannot be cancelled: it is over, or waits'),
  4105: no('refused', 'sensitive content'),
  4200: no('misconfigured', 'bot, workflow or file not found, or a workflow never published'),
  4201: no('rejected', 'member exists'),
  4300: no('rejected', 'upload: empty, or not multipart'),
  4301: no('rejected', 'upload: more than one file'),
  4302: no('rejected', 'upload: too large'),
  4303: no('rejected', 'upload: this type of file is not taken'),
  4304: no('rejected', 'upload: file broken'),
  4314: no('gone', 'workflow run not found'),
  4315: no('gone', 'workflow run already ended'),
  5000: { ...later('unavailable', 'internal error'), mayHaveBegun: true },
  6003: no('unsupported', 'asynchronous runs are a paid feature'),
  6023: begun('unavailable', 'workflow timed out [Studio]'),
  6031: no('misconfigured', 'workflow not published [Studio]'),
  6039: no('misconfigured', 'interrupts are not supported by a run without stream [Studio]'),
  700012006: login('access token invalid [seen]'),
  702242002: no('misconfigured', 'not published to this platform'),
  702242003: no('denied', 'no permission, or unbound'),
  720701013: { ...later('unavailable', 'workflow execution failed'), mayHaveBegun: true },
  720702001: no('rejected', 'workflow: invalid parameter [Studio]'),
  720702002: no('rejected', 'workflow: missing parameter [Studio]'),
  720702004: no('misconfigured', 'workflow not found'),
  720702011: no('misconfigured', 'workflow not published'),
  720702017: begun('misconfigured', 'a node of the workflow failed'),
  720702078: no('misconfigured', 'interrupts are not supported by a run without stream'),
  720702085: begun('unavailable', 'workflow timed out'),
  720712014: no('rejected', 'workflow: parameter refused [Studio]'),
  103100001: no('misconfigured', 'no access to this agent [Studio]'),
  103200002: begun('unavailable', 'internal error [Studio]'),
}

export const KNOWN_CODES: readonly number[] = Object.keys(rules).map(Number)

/** Undefined for a code nobody has documented: not to be retried, to be reported with its message and logid. */
export function ruleOf(code: number): CodeRule | undefined {
  return rules[code]
}

/**
 * What a code nobody has documented must belong to, by its range: those of workflows come in families, and their nodes
 * hand on codes of their own. Undefined outside of these.
 */
export function familyOf(code: number): CodeRule | undefined {
  return families.find(({ from, to }) => code >= from && code <= to)?.rule
}

const families: readonly { readonly from: number; readonly to: number; readonly rule: CodeRule }[] = [
  { from: 5001, to: 5999, rule: begun('unavailable', 'some error of the server') },
  { from: 6000, to: 6999, rule: begun('misconfigured', 'the workflow cannot be run like this') },
  { from: 720_000_000, to: 720_999_999, rule: begun('misconfigured', 'a node of the workflow failed') },
  { from: 103_000_000, to: 103_999_999, rule: begun('unavailable', 'internal error [Studio]') },
  { from: 777_777_700, to: 777_777_799, rule: begun('unavailable', 'internal error [Studio]') },
]

function no(kind: FailureKind, meaning: string): CodeRule {
  return { kind, again: 'no', meaning }
}
function begun(kind: FailureKind, meaning: string): CodeRule {
  return { kind, again: 'no', mayHaveBegun: true, meaning }
}
function later(kind: FailureKind, meaning: string): CodeRule {
  return { kind, again: 'later', meaning }
}
function login(meaning: string): CodeRule {
  return { kind: 'denied', again: 'login', meaning }
}
