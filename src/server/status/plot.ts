// How is an hour of waiting drawn? One stroke a minute, from the median up to what one in twenty had to wait; the seconds
// grow by factors, since both a quarter of a second and a minute matter.

import type { Series } from './pulse.ts'
import { html, type Html } from './html.ts'

export interface PlotWords {
  /** What a screen reader says for the whole. */
  readonly summary: string
  seconds(ms: number): string
  minute(ago: number, count: number, p50Ms: number, p95Ms: number): string
  readonly hourAgo: string
  readonly now: string
}

const WIDTH = 480
const HEIGHT = 132
const LEFT = 56
const RIGHT = 8
const TOP = 8
const BOTTOM = 20
const MINUTES = 60
const TICKS_MS = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000]

export function plot({ minutes }: Series, words: PlotWords): Html {
  const ticks = ticksFor(minutes.flatMap(({ p50Ms, p95Ms }) => [p50Ms, p95Ms]))
  const [low = 100, high = 1_000] = [ticks[0], ticks.at(-1)]
  const y = (ms: number): number => {
    const part = (Math.log(clamp(ms, low, high)) - Math.log(low)) / (Math.log(high) - Math.log(low))
    return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM))
  }
  const x = (ago: number): number => round(LEFT + ((MINUTES - 0.5 - ago) / MINUTES) * (WIDTH - LEFT - RIGHT))
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words.summary}">
    ${ticks.map(
      (ms) =>
        html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ms)}" y2="${y(ms)}" />
          <text class="tick" x="${LEFT - 6}" y="${y(ms) + 4}" text-anchor="end">${words.seconds(ms)}</text>`,
    )}
    <text class="tick" x="${LEFT}" y="${HEIGHT - 4}">${words.hourAgo}</text>
    <text class="tick" x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${words.now}</text>
    ${minutes.map(
      ({ ago, count, p50Ms, p95Ms }) =>
        html`<g class="minute"
          ><title>${words.minute(ago, count, p50Ms, p95Ms)}</title>
          <line class="spread" x1="${x(ago)}" x2="${x(ago)}" y1="${y(p50Ms)}" y2="${y(p95Ms)}" />
          <circle class="median" cx="${x(ago)}" cy="${y(p50Ms)}" r="2.6"
        /></g>`,
    )}
  </svg>`
}

/** From the tick below the quickest to the one above the slowest. */
export function ticksFor(valuesMs: readonly number[]): readonly number[] {
  const [least, most] = valuesMs.length === 0 ? [300, 3_000] : [Math.min(...valuesMs), Math.max(...valuesMs)]
  const first = Math.max(
    0,
    TICKS_MS.findLastIndex((ms) => ms <= least),
  )
  const above = TICKS_MS.findIndex((ms) => ms >= most)
  const last = Math.max(first + 1, above < 0 ? TICKS_MS.length - 1 : above)
  return TICKS_MS.slice(Math.min(first, TICKS_MS.length - 2), last + 1)
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
