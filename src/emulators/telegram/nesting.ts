// How do entities end up properly nested? The server repairs or drops what intersects; it never refuses it.
import { overlaps } from './detect.ts'
import type { Entity } from './types.ts'

const SPLITTABLE = new Set(['bold', 'italic', 'underline', 'strikethrough', 'spoiler'])
const QUOTES = new Set(['blockquote', 'expandable_blockquote'])
const RAW = new Set(['code', 'pre'])

/** Formatting entities a message keeps; the rest is ignored. tdlib: "server-side limit" of user-supplied entities. */
const KEPT_ENTITIES = 100

/**
 * 1. quotes do not nest in each other; 2. code, links and mentions exclude one another, a quote's edge cuts none of them;
 * 3. bold and the like are cut at every edge they would cross, and never cover code.
 */
export function nest(own: readonly Entity[], detected: readonly Entity[]): readonly Entity[] {
  const quotes = withoutOverlaps(own.filter(({ type }) => QUOTES.has(type)))
  const solid = withoutOverlaps(own.filter(({ type }) => !QUOTES.has(type) && !SPLITTABLE.has(type)))
  const fixed = [...quotes, ...solid.filter((entity) => !quotes.some((quote) => crosses(entity, quote)))]
  const pieces: Entity[] = []
  for (const entity of sorted(own.filter(({ type }) => SPLITTABLE.has(type)))) {
    for (const piece of cut(entity, [...fixed, ...pieces])) {
      const inRaw = fixed.some((other) => RAW.has(other.type) && overlaps(piece, other))
      const twice = pieces.some((other) => other.type === piece.type && overlaps(piece, other))
      if (!inRaw && !twice) pieces.push(piece)
    }
  }
  const kept = sorted([...fixed, ...pieces]).slice(0, KEPT_ENTITIES)
  const added = detected.filter((entity) =>
    kept.every((other) => !overlaps(entity, other) || (isContainer(other) && !crosses(entity, other))),
  )
  return added.length === 0 ? kept : sorted([...kept, ...added])
}

function isContainer({ type }: Entity): boolean {
  return SPLITTABLE.has(type) || QUOTES.has(type)
}

function crosses(a: Entity, b: Entity): boolean {
  return overlaps(a, b) && !contains(a, b) && !contains(b, a)
}

function contains(outer: Entity, inner: Entity): boolean {
  return outer.offset <= inner.offset && inner.offset + inner.length <= outer.offset + outer.length
}

function withoutOverlaps(entities: readonly Entity[]): readonly Entity[] {
  const kept: Entity[] = []
  for (const entity of sorted(entities)) {
    const last = kept.at(-1)
    if (last === undefined || last.offset + last.length <= entity.offset) kept.push(entity)
  }
  return kept
}

/** The parts of `entity` between the edges it would cross or, for code, would cover. */
function cut(entity: Entity, others: readonly Entity[]): readonly Entity[] {
  const end = entity.offset + entity.length
  const edges = new Set<number>([entity.offset, end])
  for (const other of others) {
    if (!overlaps(entity, other) || (!crosses(entity, other) && !RAW.has(other.type))) continue
    for (const edge of [other.offset, other.offset + other.length]) {
      if (edge > entity.offset && edge < end) edges.add(edge)
    }
  }
  if (edges.size === 2) return [entity]
  const points = [...edges].sort((a, b) => a - b)
  // A cut made for one edge may lie across something the whole entity contained, so each piece is looked at again.
  return points.slice(1).flatMap((point, i) => {
    const offset = points[i] ?? 0
    return cut({ ...entity, offset, length: point - offset }, others)
  })
}

function sorted(entities: readonly Entity[]): readonly Entity[] {
  return [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length)
}
