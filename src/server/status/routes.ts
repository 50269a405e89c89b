// Under which paths does the status page answer? /status for people, who log in once with the admin token; /status.json for
// scripts, which bring it each time.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Context, Hono } from 'hono'
import type { Clock } from '../../contract/runtime.ts'
import { readBody } from '../body.ts'
import { isAdmin, isToken } from '../guard.ts'
import type { Html } from './html.ts'
import { loginPage, statusPage, type LoginState, type PageFrame } from './page.ts'
import type { StatusReport } from './report.ts'
import { createAttempts, createSessions } from './session.ts'
import { chooseLocale, createStatusWords, type StatusLocales } from './words.ts'

export interface StatusParts {
  readonly clock: Pick<Clock, 'elapsed'>
  readonly locales: StatusLocales
  /** Never rejects. */
  readonly report: () => Promise<StatusReport>
}

/** A page of ours may show its own style and run its own script, and nothing else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export function isPagePath(path: string): boolean {
  return path === '/status' || path.startsWith('/status/')
}

const SESSION = 'bridge_session'
const LANGUAGE = 'bridge_language'
const MAX_FORM_BYTES = 4_096
const YEAR_S = 31_536_000

/** Put before whatever asks for the token by itself. */
export function addStatusPage(
  app: Hono,
  { clock, locales, report }: StatusParts,
  adminToken: string,
  scrub: (text: string) => string,
): void {
  const sessions = createSessions(clock)
  const attempts = createAttempts(clock)

  app.get('/status', async (c) => {
    const wanted = c.req.query('lang')
    if (wanted !== undefined && Object.hasOwn(locales, wanted)) {
      setCookie(c, LANGUAGE, wanted, YEAR_S)
      return c.redirect('status', 303)
    }
    const isKnown = sessions.isOpen(cookieOf(c, SESSION)) || isAdmin(c, adminToken)
    return isKnown
      ? show(c, statusPage(await report(), frameFor(c, 'status')), 200)
      : login(c, {}, 401, 'status')
  })
  // Where a wrong token left its person.
  app.get('/status/login', (c) => c.redirect('../status', 303))
  app.post('/status/login', async (c) => {
    if (!isOwnPage(c)) return c.text('not from here', 403)
    const waitMs = attempts.waitMs()
    if (waitMs > 0) {
      c.header('retry-after', String(Math.ceil(waitMs / 1_000)))
      return login(c, { problem: { waitMs } }, 429)
    }
    const { body } = await readBody(c.req.raw, MAX_FORM_BYTES)
    const given = new URLSearchParams(new TextDecoder().decode(body)).get('token')?.trim() ?? ''
    if (!isToken(given, adminToken)) {
      attempts.failed()
      return login(c, { problem: 'wrong' }, 401)
    }
    const { id, lastsMs } = sessions.begin()
    setCookie(c, SESSION, id, Math.floor(lastsMs / 1_000))
    return c.redirect('../status', 303)
  })
  app.post('/status/logout', (c) => {
    if (!isOwnPage(c)) return c.text('not from here', 403)
    sessions.end(cookieOf(c, SESSION))
    setCookie(c, SESSION, '', 0)
    return c.redirect('../status', 303)
  })
  for (const [file, type] of FILES) {
    app.get(`/status/${file}`, (c) => c.body(contentOf(file), 200, { 'content-type': type }))
  }

  function login(c: Context, state: LoginState, status: 401 | 429, root = '../status'): Response {
    return show(c, loginPage(state, frameFor(c, root)), status)
  }

  function frameFor(c: Context, root: string): PageFrame {
    const locale = chooseLocale(locales, cookieOf(c, LANGUAGE), c.req.header('accept-language'))
    return { locales, root, words: createStatusWords(locales, locale) }
  }

  function show(c: Context, page: Html, status: 200 | 401 | 429): Response {
    return c.html(scrub(page.text), status, { vary: 'cookie, accept-language' })
  }
}

/** A form on another site may be sent by a browser, but not without saying so. Behind a proxy hosts tell nothing. */
function isOwnPage(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}

function cookieOf(c: Context, name: string): string | undefined {
  const cookies = (c.req.header('cookie') ?? '').split(/; */)
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** For the folder it is set from. `Secure` where the browser came by TLS, as the proxy before us says. */
function setCookie(c: Context, name: string, value: string, maxAgeS: number): void {
  const secure = c.req.header('x-forwarded-proto') === 'https' ? '; Secure' : ''
  c.header('set-cookie', `${name}=${value}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`, {
    append: true,
  })
}

const FILES = [
  ['style.css', 'text/css; charset=utf-8'],
  ['refresh.mjs', 'text/javascript; charset=utf-8'],
] as const

/** Read once: small, and part of the installation. */
const contents = new Map<string, string>()
function contentOf(file: (typeof FILES)[number][0]): string {
  const known = contents.get(file)
  if (known !== undefined) return known
  const read = readFileSync(fileURLToPath(new URL(`./${file}`, import.meta.url)), 'utf8')
  contents.set(file, read)
  return read
}
