// How does one see what goes over the wire, and how it is paced?

import { h } from 'preact'
import type { PageCall } from '../protocol.ts'
import { percentile } from './latency.ts'
import { part } from './part.ts'
import { latencies, wire } from './store.ts'
import { b, button, div, p, span } from './tags.ts'
import { LANES, drawTimeline } from './timeline.ts'
import { linesOf, type WireLine } from './wire.ts'
import { say } from './words.ts'

/** Often enough to read along, seldom enough to leave the chats their frames. */
const EVERY_MS = 250
const MAX_LINES = 100

export const WirePanel = part((again) => {
  const off = new Set<PageCall['with']>()
  let isPaused = false
  let calls = wire.all()
  let canvas: HTMLCanvasElement | null = null
  const beat = (element: HTMLCanvasElement | null) => {
    canvas = element
    if (element) step()
  }
  const step = () => {
    if (!canvas) return
    if (!isPaused) {
      calls = wire.all()
      drawTimeline(canvas, calls, Date.now())
      again()
    }
    setTimeout(step, EVERY_MS)
  }
  const lane = (name: PageCall['with']) => {
    const toggle = () => {
      if (!off.delete(name)) off.add(name)
      again()
    }
    return button(name, toggle, { 'aria-pressed': !off.has(name) }, say(name))
  }
  const pause = () => {
    isPaused = !isPaused
    again()
  }
  return () => {
    const lines = linesOf(
      calls.filter((call) => !off.has(call.with)),
      MAX_LINES,
    )
    return div(
      'panels wire',
      p('says', say('wireSays')),
      p('', say('toPage'), b('', latencyWords(latencies.all()))),
      h('canvas', { ref: beat, class: 'timeline', role: 'img', 'aria-label': say('timeline') }),
      div('filters', LANES.map(lane), button('pause', pause, { 'aria-pressed': isPaused }, say('pause'))),
      h('ol', { class: 'calls' }, lines.map(lineOf)),
    )
  }
})

function lineOf({ call, count, chars }: WireLine) {
  const { id, direction, method, path, status = 0, tookMs, retryAfterMs } = call
  const isBad = status >= 400
  return h(
    'li',
    { key: id, class: `${call.with} ${isBad ? 'bad' : ''}`, title: `${say(call.with)}: ${method} ${path}` },
    // Within the hour, that is enough, and fits.
    h('time', null, new Date(call.atMs).toISOString().slice(14, 23)),
    span('way', direction === 'out' ? '→' : '←'),
    b('', method, count > 1 && ` ×${count}`),
    span('chars', chars > 0 && say('chars', { n: chars })),
    span('path', path),
    span('ms', isBad && `${status} `, tookMs !== undefined && `${tookMs.toFixed(0)} ms`),
    retryAfterMs && span('wait', say('slowDown', { s: retryAfterMs / 1_000 })),
  )
}

function latencyWords(all: readonly number[]): string {
  const label = (share: number) => percentile(all, share).toFixed(0)
  return all.length === 0 ? say('none') : say('latencies', { p50: label(50), p95: label(95), n: all.length })
}
