// Decides whether instruments that people built are offered as they are, and maps take another seat where none stands.
import { describe, expect, it } from 'vitest'
import type { DocumentDetail } from '../src/lib/daemon/types'
import { freePlace, frozen, rowsOfSeats, tried, usual } from '../src/lib/observe/setup'
import { offeredOf } from '../src/lib/observe/own'

const detail = (model: object): DocumentDetail =>
  ({
    id: 'doc',
    role: 'owner',
    owners: ['ana', 'ben'],
    people: [{ id: 'ana', name: 'Ana' }, { id: 'ben', name: 'Ben' }],
    texts: [{ field: 'question', text: ' Who answers? ' }, { field: 'caution', text: '' }],
    model: { kind: 'instrument', title: 'Answers', question: '', caution: '', shape: 'tally', labels: [{ id: 'a', text: 'Hand up', also: [] }], speakers: ['teacher'], interval_seconds: 9, minutes: 15, version: 7, faults: [], ...model },
  }) as unknown as DocumentDetail

describe('an instrument that people built', () => {
  it('is offered with its question and its makers, and frozen as it is', () => {
    const offered = offeredOf(detail({}))!
    expect(offered.answers).toEqual({ en: 'Who answers?', es: 'Who answers?' })
    expect(offered.own?.makers.map((one) => one.name)).toEqual(['Ana', 'Ben'])
    const copy = frozen(offered, usual(offered, 'es'), 'es')
    expect(copy).toMatchObject({ id: 'doc', version: 7, title: 'Answers', shape: 'tally', labels: ['Hand up'], speakers: ['teacher'], seats: [], minutes: 15 })
    expect(copy.interval_seconds, 'only beats have a length').toBeUndefined()
  })

  it('lies on a map where its marks do, and has beats where they have a length', () => {
    expect(tried(offeredOf(detail({ shape: 'sweep' }))!, 'en')?.seats).toHaveLength(12)
    const beat = offeredOf(detail({ shape: 'beat', interval_seconds: null }))!
    expect(frozen(beat, usual(beat, 'en'), 'en').interval_seconds).toBe(3)
    expect(beat.speakers).toEqual([])
  })

  it('is tried out once there is something to tap', () => {
    expect(tried(offeredOf(detail({ labels: [] }))!, 'en')).toBeNull()
    expect(tried(offeredOf(detail({ labels: [], shape: 'line' }))!, 'en')).not.toBeNull()
    expect(offeredOf(detail({ kind: 'goal' }))).toBeNull()
  })
})

describe('one more seat', () => {
  it('stands where none stands, until the room is full', () => {
    let seats = rowsOfSeats(2, 3)
    for (let number = 7; number < 40; number += 1) {
      const place = freePlace(seats)
      expect(seats.some((seat) => seat.x === place.x && seat.y === place.y)).toBe(false)
      seats = [...seats, { id: String(number), ...place }]
    }
    expect(freePlace(rowsOfSeats(20, 20))).toEqual({ x: 500, y: 910 })
  })
})
