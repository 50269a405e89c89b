// With which login does the bridge speak to Coze, and until when is it good?

import type { AssistantFinding } from '../contract/assistant.ts'

/** As coze/ tells it. `endsAtMs` absent: it never ends, or nobody knows. */
export type Standing =
  | { readonly state: 'good'; readonly endsAtMs?: number; readonly renews: boolean }
  | { readonly state: 'over'; readonly because: string }
  | { readonly state: 'unknown'; readonly because: string }

export type LoginKind = 'token' | 'jwt' | 'oauth'

const SUBJECT = 'Coze login'
const DAY_MS = 86_400_000
/** People are told so early that a login ends. Our choice. */
const SOON_MS = 7 * DAY_MS

export function judgeLogin(
  login: { readonly kind: LoginKind; readonly token?: string },
  standing: Standing,
  nowMs: number,
): readonly AssistantFinding[] {
  if (standing.state === 'over') {
    return [{ verdict: 'fault', subject: SUBJECT, reason: standing.because, remedy: anew(login.kind) }]
  }
  if (standing.state === 'unknown') {
    return [{ verdict: 'note', subject: SUBJECT, reason: `could not be looked at: ${standing.because}` }]
  }
  const { endsAtMs } = standing
  if (endsAtMs !== undefined) {
    const leftMs = endsAtMs - nowMs
    const day = new Date(endsAtMs).toISOString().slice(0, 10)
    if (leftMs <= 0) {
      return [{ verdict: 'fault', subject: SUBJECT, reason: `ended on ${day}`, remedy: anew(login.kind) }]
    }
    const days = Math.floor(leftMs / DAY_MS)
    const reason = `${wordsFor(login)}, good until ${day} (${days === 1 ? 'one day' : `${days} days`})`
    return leftMs < SOON_MS && !standing.renews
      ? [{ verdict: 'warning', subject: SUBJECT, reason, remedy: anew(login.kind) }]
      : [{ verdict: 'ok', subject: SUBJECT, reason }]
  }
  if (login.kind === 'token' && login.token?.startsWith('cztei_') === true) {
    return [
      {
        verdict: 'warning',
        subject: SUBJECT,
        reason: 'is a token of the API playground, which ends within hours',
        remedy: anew('token'),
      },
    ]
  }
  if (login.kind === 'token' && login.token?.startsWith('pat_') === true) {
    return [
      {
        verdict: 'note',
        subject: SUBJECT,
        reason:
          'is a personal token; Coze does not tell when it ends, and in the cloud it does within 30 days',
        remedy:
          'Set its last day as COZE_API_TOKEN_EXPIRES_AT (coze.auth.expiresAt), and admins are told before; or use a service token (sat_…), an OAuth service app, or "npx coze-bridge login".',
      },
    ]
  }
  return [{ verdict: 'ok', subject: SUBJECT, reason: wordsFor(login) }]
}

function wordsFor({ kind, token }: { readonly kind: LoginKind; readonly token?: string }): string {
  if (kind === 'jwt') return 'is an OAuth service app, whose tokens are made as they are needed'
  if (kind === 'oauth') return "is a person's own, and renewed by itself"
  if (token?.startsWith('sat_') === true) return 'is a service token'
  return token?.startsWith('pat_') === true ? 'is a personal token' : 'is a token'
}

function anew(kind: LoginKind): string {
  if (kind === 'oauth') return 'Run "npx coze-bridge login" (npm run login).'
  if (kind === 'jwt') return 'Look at the OAuth service app in the console of Coze: its keys and its grants.'
  return 'Make another token (扣子 API → 授权 → 个人访问令牌; Coze API → Authorization → Personal access tokens), and put it into COZE_API_TOKEN, with its last day in COZE_API_TOKEN_EXPIRES_AT.'
}
