// What does a person see of a running bridge? The report, drawn: works without a script, and in a phone's width.

import { faults, hours, settings } from './page-parts.ts'
import { html, type Html } from './html.ts'
import type { AccountStatus, StatusReport } from './report.ts'
import type { StatusLocales, StatusWords } from './words.ts'

export interface PageFrame {
  readonly words: StatusWords
  readonly locales: StatusLocales
  /** The page's own address, from where it is shown: a proxy may have put it under another one. */
  readonly root: string
}

export function statusPage(report: StatusReport, page: PageFrame): Html {
  const { words, root } = page
  const { say } = words
  const buttons = html`<form method="post" action="${root}/logout">
    <button>${say('page.logout')}</button>
  </form>`
  const body = html`<div id="live">
    <p class="facts">
      ${pill(report.state === 'running' ? 'up' : 'starting', say(`state.${report.state}`))}
      <span>${say('head.version', { version: report.version })}</span>
      <span>${say('head.uptime', { span: words.span(report.nowMs - report.startedAtMs) })}</span>
    </p>
    <p class="stale-note" role="status">${say('head.stale')}</p>
    ${report.process.fault === undefined ? undefined : html`<p class="alarm">${say('process.fault', { fault: report.process.fault })}</p>`}
    <div class="grid-cards">
      ${numbers(report, words)} ${platforms(report, words)} ${coze(report, words)} ${turns(report, words)}
      ${hours(report, words)} ${faults(report, words)} ${settings(report, words)}
    </div>
  </div>`
  return frame(page, buttons, body, true)
}

export interface LoginState {
  readonly problem?: 'wrong' | { readonly waitMs: number }
}

export function loginPage({ problem }: LoginState, page: PageFrame): Html {
  const { words, root } = page
  const { say } = words
  const told =
    problem === undefined
      ? undefined
      : problem === 'wrong'
        ? say('login.wrong')
        : say('login.wait', { span: words.span(problem.waitMs) })
  const body = html`<form class="card login" method="post" action="${root}/login">
    <p id="lead">${say('login.lead')}</p>
    ${told === undefined ? undefined : html`<p class="alarm" role="alert">${told}</p>`}
    <input hidden name="who" autocomplete="username" value="bridge" />
    <label for="token">${say('login.token')}</label>
    <input
      id="token"
      name="token"
      type="password"
      autocomplete="current-password"
      required
      autofocus
      aria-describedby="lead"
    />
    <button class="primary">${say('page.login')}</button>
  </form>`
  return frame(page, undefined, body, false)
}

function frame(
  { words, locales, root }: PageFrame,
  buttons: Html | undefined,
  body: Html,
  lives: boolean,
): Html {
  const { say, locale } = words
  const others = Object.entries(locales).filter(([other]) => other !== locale)
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <title>${say('page.title')}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href="${root}/style.css" />
        ${
          lives
            ? html`<script type="module" src="${root}/refresh.mjs"></script>
                <noscript><meta http-equiv="refresh" content="20" /></noscript>`
            : undefined
        }
      </head>
      <body>
        <header>
          <h1>${say('page.title')}</h1>
          <nav>
            ${others.map(([other, sentences]) => html`<a href="${root}?lang=${other}" lang="${other}">${sentences['language.name'] ?? other}</a>`)}${buttons}
          </nav>
        </header>
        <main>${body}</main>
      </body>
    </html>`
}

function numbers({ turns, queue, tokens, process }: StatusReport, { say, number, bytes }: StatusWords): Html {
  const tile = (value: string, label: string, below?: string): Html =>
    html`<li>
      <b>${value}</b><span>${label}</span>${below === undefined ? undefined : html`<small>${below}</small>`}
    </li>`
  return html`<section class="card wide">
    <h2>${say('numbers.title')}</h2>
    <ul class="tiles">
      ${tile(number(turns.open), say('numbers.open'))}
      ${tile(number(turns.waitingForPeople), say('numbers.people'))}
      ${tile(number(queue.lobby), say('numbers.lobby'))} ${tile(number(queue.coze), say('numbers.line'))}
      ${tile(number(queue.uploads), say('numbers.uploads'))}
      ${tile(number(tokens.lastHour), say('numbers.tokens'), say('numbers.tokensAll', { count: number(tokens.sinceStart) }))}
      ${tile(bytes(process.residentBytes), say('numbers.memory'))}
    </ul>
  </section>`
}

function platforms({ platforms: accounts, nowMs }: StatusReport, words: StatusWords): Html {
  const { say, span } = words
  const row = (one: AccountStatus): Html => {
    const isIdle = one.role === 'stands-by'
    const state = isIdle ? 'stands-by' : one.state
    const because = isIdle ? say('platforms.standby') : one.because
    return html`<tr>
      <th scope="row">${one.account}</th>
      <td data-label="${say('platforms.state')}">${pill(state, say(`state.${state}`))}</td>
      <td class="span" data-label="${say('platforms.since')}">${span(nowMs - one.sinceMs)}</td>
      ${because === undefined ? html`<td></td>` : html`<td data-label="${say('platforms.because')}" class="why">${because}</td>`}
    </tr>`
  }
  return html`<section class="card">
    <h2>${say('platforms.title')}</h2>
    ${
      accounts.length === 0
        ? html`<p class="none">${say('platforms.none')}</p>`
        : html`<table>
            <thead>
              <tr>
                <th>${say('platforms.account')}</th>
                <th>${say('platforms.state')}</th>
                <th>${say('platforms.since')}</th>
                <th>${say('platforms.because')}</th>
              </tr>
            </thead>
            <tbody>
              ${accounts.map(row)}
            </tbody>
          </table>`
    }
  </section>`
}

function coze({ coze: upstream, nowMs }: StatusReport, words: StatusWords): Html {
  const { say, span, number } = words
  const { limits, errors, circuits, quotaGoneSinceMs } = upstream
  const failed = errors.filter(({ count }) => count > 0)
  return html`<section class="card">
    <h2>${say('coze.title')}</h2>
    <p class="facts">
      ${pill(upstream.state, say(`state.${upstream.state}`))}<span>${span(nowMs - upstream.sinceMs)}</span>
    </p>
    ${upstream.because === undefined ? undefined : html`<p class="alarm">${upstream.because}</p>`}
    ${circuits.map(({ upstream: name, sinceMs }) => html`<p class="alarm">${say('coze.circuit', { upstream: name, span: span(nowMs - sinceMs) })}</p>`)}
    ${limits.length === 0 ? html`<p class="none">${say('coze.noLimits')}</p>` : undefined}
    ${limits.map(({ perMs, limit, calls }) => html`<label class="meter"><span>${say('coze.limit', { calls: number(calls), limit: number(limit), span: span(roundSpan(perMs)) })}</span><progress max="${limit}" value="${calls}"></progress></label>`)}
    ${quotaGoneSinceMs === undefined ? html`<p class="none">${say('coze.quotaFine')}</p>` : html`<p class="alarm">${say('coze.quota', { ago: words.ago(nowMs - quotaGoneSinceMs) })}</p>`}
    ${
      failed.length === 0
        ? html`<p class="none">${say('coze.noErrors')}</p>`
        : html`<h3>${say('coze.errors')}</h3>
            <ul class="plain">
              ${failed.map(({ kind, code, count }) => html`<li><b>${number(count)}</b> ${code === '' ? kind : say('coze.error', { kind, code })}</li>`)}
            </ul>`
    }
  </section>`
}

/** Windows are a little longer than their span, for what is late on its way. */
function roundSpan(perMs: number): number {
  return [1_000, 60_000, 86_400_000].find((ms) => Math.abs(perMs - ms) < ms / 2) ?? perMs
}

function turns({ turns: { active, more } }: StatusReport, { say, span, number }: StatusWords): Html {
  return html`<section class="card wide">
    <h2>${say('turns.title')}</h2>
    ${
      active.length === 0
        ? html`<p class="none">${say('turns.none')}</p>`
        : html`<table>
            <thead>
              <tr>
                <th>${say('turns.turn')}</th>
                <th>${say('turns.phase')}</th>
                <th class="num">${say('turns.age')}</th>
                <th class="num">${say('turns.frames')}</th>
              </tr>
            </thead>
            <tbody>
              ${active.map(
                (turn) =>
                  html`<tr>
                    <th scope="row">
                      <code>${turn.turn}</code>
                      <small
                        >${say(`asks.${turn.asks}`)} ·
                        ${say(`chat.${turn.chatKind}`)}${turn.resumed ? ` · ${say('turns.resumed')}` : ''}</small
                      >
                    </th>
                    <td data-label="${say('turns.phase')}">
                      ${say(`phase.${turn.phase}`)} <small>${span(turn.inPhaseMs)}</small>
                    </td>
                    <td data-label="${say('turns.age')}" class="num">${span(turn.ageMs)}</td>
                    <td data-label="${say('turns.frames')}" class="num">${number(turn.frames)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
    ${more > 0 ? html`<p class="none">${say('turns.more', { count: number(more) })}</p>` : undefined}
  </section>`
}

function pill(look: string, text: string): Html {
  return html`<span class="pill ${look}">${text}</span>`
}
