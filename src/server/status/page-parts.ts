// The lower half of the status page: the last hour, what went wrong, what it runs on.

import { html, type Html } from './html.ts'
import { plot } from './plot.ts'
import type { Series } from './pulse.ts'
import type { AccountHour, StatusReport } from './report.ts'
import type { StatusWords } from './words.ts'

export function hours({ hour }: StatusReport, words: StatusWords): Html {
  const { say } = words
  const busy = hour.filter(({ firstText, reply }) => firstText.count + reply.count > 0)
  return html`<section class="card wide">
    <h2>${say('hour.title')}</h2>
    ${busy.length === 0 ? html`<p class="none">${say('hour.none')}</p>` : busy.map((account) => accountHour(account, words))}
  </section>`
}

function accountHour(hour: AccountHour, words: StatusWords): Html {
  const { say, number, span } = words
  const { account, framesSent, framesSkipped, rateLimited, rateLimitedMs } = hour
  const frames = say('hour.frames', { sent: number(framesSent), skipped: number(framesSkipped) })
  const limited = say('hour.limited', { count: number(rateLimited), span: span(rateLimitedMs) })
  return html`<div class="hour">
    <h3>${account}</h3>
    <div class="plots">
      ${figure(say('hour.first'), hour.firstText, words)}${figure(say('hour.reply'), hour.reply, words)}
    </div>
    <p class="none">${frames}${rateLimited > 0 ? ` · ${limited}` : ''}</p>
  </div>`
}

function figure(title: string, series: Series, words: StatusWords): Html {
  const { say, span, ago, number } = words
  const typical = say('hour.typical', { p50: span(series.p50Ms), p95: span(series.p95Ms) })
  const drawn = plot(series, {
    summary: `${title}: ${typical}`,
    seconds: span,
    minute: (minutesAgo, count, p50Ms, p95Ms) =>
      say('hour.minute', {
        ago: minutesAgo === 0 ? say('hour.now') : ago(minutesAgo * 60_000),
        count: number(count),
        p50: span(p50Ms),
        p95: span(p95Ms),
      }),
    hourAgo: say('hour.ago'),
    now: say('hour.now'),
  })
  return html`<figure>
    <figcaption><b>${title}</b> <small>${number(series.count)} × · ${typical}</small></figcaption>
    ${drawn}
  </figure>`
}

export function faults({ faults: found, nowMs }: StatusReport, { say, ago, number }: StatusWords): Html {
  return html`<section class="card wide">
    <h2>${say('faults.title')}</h2>
    ${
      found.length === 0
        ? html`<p class="none">${say('faults.none')}</p>`
        : html`<table>
            <thead>
              <tr>
                <th>${say('faults.when')}</th>
                <th>${say('faults.what')}</th>
                <th>${say('faults.where')}</th>
                <th>${say('faults.facts')}</th>
              </tr>
            </thead>
            <tbody>
              ${found.map(
                ({ atMs, level, what, times, account, turn, kind, code, logid }) =>
                  html`<tr class="${level}">
                    <td data-label="${say('faults.when')}">
                      <time datetime="${new Date(atMs).toISOString()}" title="${new Date(atMs).toISOString()}"
                        >${ago(Math.max(0, nowMs - atMs))}</time
                      >
                    </td>
                    <td data-label="${say('faults.what')}">
                      ${what}${times > 1 ? html` <small>${say('faults.times', { count: number(times) })}</small>` : undefined}
                    </td>
                    ${cell(say('faults.where'), turn === undefined ? account : html`<code>${turn}</code>`)}
                    ${cell(
                      say('faults.facts'),
                      facts([
                        ['', kind],
                        ['code', code],
                        ['logid', logid],
                      ]),
                    )}
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`
}

function cell(label: string, content: Html | string | undefined): Html {
  return content === undefined ? html`<td></td>` : html`<td data-label="${label}">${content}</td>`
}

function facts(named: readonly (readonly [string, string | undefined])[]): Html | undefined {
  const known = named.filter(([, value]) => value !== undefined && value !== '')
  if (known.length === 0) return undefined
  return html`<span class="tags"
    >${known.map(([name, value]) => html`<code>${name === '' ? '' : `${name} `}${value}</code>`)}</span
  >`
}

export function settings({ store, config, nowMs }: StatusReport, { say, ago }: StatusWords): Html {
  const when = ago(Math.max(0, nowMs - config.loadedAtMs))
  const read =
    config.source === 'file' && config.file !== undefined
      ? say('config.file', { file: config.file, ago: when })
      : say(config.source === 'object' ? 'config.object' : 'config.environment', { ago: when })
  const { fault } = config
  return html`<section class="card wide">
    <h2>${say('store.title')}</h2>
    <dl>
      <dt>${say('store.kind')}</dt>
      <dd>
        <b>${store.kind}</b>
        <span lang="en">${store.promise}</span>
        ${store.fault === undefined ? undefined : html`<p class="alarm">${say('store.fault', { fault: store.fault })}</p>`}
      </dd>
      <dt>${say('config.source')}</dt>
      <dd>
        ${read}
        ${
          fault === undefined
            ? undefined
            : html`<p class="alarm">
                  ${say('config.refused', { ago: ago(Math.max(0, nowMs - fault.atMs)) })}
                </p>
                <pre>${fault.lines.join('\n')}</pre>`
        }
      </dd>
    </dl>
  </section>`
}
