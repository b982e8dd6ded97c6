// Decides whether the line of truth tells it.
import { expect, test } from 'vitest'
import type { Partner, Reach } from '../src/lib/daemon/types'
import { en as t } from '../src/lib/i18n/en'
import { es } from '../src/lib/i18n/es'
import { deliveryFacts, othersOf, overallFacts, savedFact } from '../src/lib/truth'

const partner = (name: string, state: Reach, waiting_out = 0, reason: string | null = null): Partner => ({
  person: { id: name.toLowerCase(), name },
  state,
  here: state === 'connected',
  reason,
  waiting_out,
  waiting_in: 0,
  devices: [],
})
const saving = { saving: true, reason: null, trouble: null }

test('saved here, and nowhere else', () => {
  expect(savedFact(t, { connection: 'open', storage: saving, unsaved: 0, refused: false })).toEqual({ text: 'Saved here', mark: 'done' })
  expect(savedFact(t, { connection: 'open', storage: saving, unsaved: 1, refused: false }).text).toBe('Saving…')
  expect(savedFact(t, { connection: 'open', storage: { saving: false, reason: 'ENOSPC', trouble: 'full' }, unsaved: 0, refused: false })).toEqual({
    text: 'Not saving — the disk is full',
    mark: 'trouble',
  })
  expect(savedFact(t, { connection: 'open', storage: saving, unsaved: 1, refused: true }).mark).toBe('trouble')
  expect(savedFact(t, { connection: 'away', storage: saving, unsaved: 1, refused: false }).mark).toBe('trouble')
})

test('each way a document can be on its way', () => {
  const others = [
    { name: 'Ana', held: true, understood: true, partner: partner('Ana', 'not_seen') },
    { name: 'Ben', held: false, understood: true, partner: partner('Ben', 'connected') },
    { name: 'Chidi', held: false, understood: true, partner: partner('Chidi', 'unreachable', 1, 'try the cable') },
    { name: 'Dara', held: false, understood: true, partner: undefined },
    { name: 'Emil', held: false, understood: true, partner: partner('Emil', 'not_seen') },
  ]
  expect(deliveryFacts(t, others).map((fact) => fact.text)).toEqual([
    'On Ana’s computer',
    'On its way to Ben',
    'Chidi’s computer is near but cannot be reached — try the cable',
    'Reaches Dara through whoever is paired with them',
    'Will reach Emil when your computers next meet',
  ])
  const alone = [{ name: 'Dara', held: false, understood: true, partner: undefined }]
  expect(deliveryFacts(t, alone).map((fact) => fact.text)).toEqual(['Will reach Dara once your computers are paired'])
})

test('what is not saved here is not claimed to be there', () => {
  const holder = (id: string, role: 'owner' | 'none') => ({
    person: { id, name: id },
    role,
    devices: 1,
    copy: 'held' as const,
    heard_of_revocation: null,
  })
  const holders = [holder('me', 'owner'), holder('ben', 'owner'), holder('former', 'none')]
  expect(othersOf(holders, 'me', undefined, 0, []).map((one) => [one.name, one.held])).toEqual([['ben', true]])
  expect(othersOf(holders, 'me', undefined, 1, [])[0]?.held).toBe(false)
  expect(othersOf(holders, 'me', new Map([['ben', false]]), 0, [])[0]?.held).toBe(false)
})

test('over all documents', () => {
  const document = { id: 'd', kind: 'visit' as const, title: '', with: [], updated_ms: 0, waiting_for: [], unread: false }
  const facts = overallFacts(
    t,
    [partner('Ben', 'connected'), partner('Dara', 'not_seen', 2)],
    [{ ...document, delivered_to: ['ben', 'dara'] }],
  )
  expect(facts.map((fact) => fact.text)).toEqual(['On Ben’s computer', '2 things will reach Dara when your computers next meet'])
  // After time apart, with a count of what is still to be gone through; nothing of those who are away.
  const apart = [{ ...partner('Ben', 'connected'), waiting_in: 12 }, { ...partner('Dara', 'not_seen'), waiting_in: 3 }]
  expect(overallFacts(t, apart, []).map((fact) => fact.text)).toEqual(['Looking for news from Ben: 12 things to go'])
})

test('why something does not go on is said in the language of the page', () => {
  const full = { saving: false, reason: 'the disk is full', trouble: 'full' as const }
  expect(savedFact(es, { connection: 'open', storage: full, unsaved: 0, refused: false }).text).toBe('No se guarda — el disco está lleno')
  const ben: Partner = { ...partner('Ben', 'unreachable', 1, 'the connection was lost; trying again'), obstacle: 'refused' }
  expect(overallFacts(es, [ben], [])[0]!.text).toContain('rechaza la conexión')
  // One that went home is not near.
  for (const obstacle of ['just_lost', 'no_longer_there'] as const) {
    const gone: Partner = { ...ben, obstacle }
    expect(overallFacts(t, [gone], [])[0]!.text).toBe('1 thing will reach Ben when your computers next meet')
    expect(deliveryFacts(t, [{ name: 'Ben', held: false, understood: true, partner: gone }])[0]!.text).toBe('Will reach Ben when your computers next meet')
  }
  // Where it is not listened to, nothing is said of reaching it.
  const aside: Partner = { ...ben, obstacle: 'set_aside', reason: 'what its computer sends makes Rounds stumble each time' }
  const sentence = 'Ben’s computer is set aside — what it sends makes Rounds stumble here each time: stop Rounds and start it again, there and here'
  expect(overallFacts(t, [aside], [])).toEqual([{ text: sentence, mark: 'waiting' }])
  expect(deliveryFacts(t, [{ name: 'Ben', held: false, understood: true, partner: aside }])).toEqual([{ text: sentence, mark: 'waiting' }])
  // A kind that this page does not know yet is in the daemon's own words.
  const newer = { ...ben, obstacle: 'moon_phase' as never, reason: 'the moon is full' }
  expect(overallFacts(es, [newer], [])[0]!.text).toContain('the moon is full')
})

test('in a school of any size the line stays a line', () => {
  const names = ['Ana', 'Ben', 'Chidi', 'Dara', 'Emil']
  const texts = (partners: Partner[]): string[] => overallFacts(t, partners, []).map((fact) => fact.text)
  expect(texts(names.map((name) => partner(name, 'not_seen', 2)))).toEqual(['News will reach Ana, Ben and 3 others when your computers next meet'])
  expect(texts(names.map((name) => partner(name, 'connected', 2)))).toEqual(['News is on the way to Ana, Ben and 3 others'])
  expect(texts(names.map((name) => ({ ...partner(name, 'connected'), waiting_in: 2 })))).toEqual(['Looking for news from Ana, Ben and 3 others'])
  // The same reason is said once; who has another one is told of apart.
  const refusing = names.map((name) => ({ ...partner(name, 'unreachable', 1), obstacle: name === 'Emil' ? ('not_understood' as const) : ('refused' as const) }))
  const why = 'it refuses the connection: Rounds may not be running there, or a firewall is in the way'
  expect(texts(refusing)).toEqual([
    `The computers of Ana, Ben and 2 others are near but cannot be reached, each for the same reason — ${why}`,
    `Emil’s computer is near but cannot be reached — ${t.obstacles.not_understood}`,
  ])
  const aside = names.map((name) => ({ ...partner(name, 'unreachable', 1), obstacle: 'set_aside' as const }))
  expect(texts(aside)).toEqual([`The computers of Ana, Ben and 3 others are set aside, each for the same reason — ${t.obstacles.set_aside}`])
  expect(overallFacts(es, refusing.slice(0, 3), [])[0]!.text).toMatch(/^Los ordenadores de Ana, Ben y Chidi están cerca pero no se puede contactar con ellos, en cada caso por lo mismo — rechaza/)
  // Of two, each is told of.
  expect(texts(refusing.slice(0, 2)).map((text) => text.split('’')[0])).toEqual(['Ana', 'Ben'])
  const one = (name: string, held: boolean, state: Reach) => ({ name, held, understood: true, partner: partner(name, state) })
  const others = [...names.map((name) => one(name, true, 'connected')), ...['Fay', 'Gil', 'Hana'].map((name) => one(name, false, 'not_seen'))]
  expect(deliveryFacts(t, others).map((fact) => fact.text)).toEqual([
    'On the computers of Ana, Ben and 3 others',
    'Will reach Fay, Gil and Hana when your computers next meet',
  ])
  expect(overallFacts(es, names.map((name) => partner(name, 'connected', 2)), [])[0]!.text).toBe('Hay novedades en camino a Ana, Ben y 3 personas más')
})

test('what only a newer Rounds can read waits, and the rest does not', () => {
  const why = t.obstacles.not_understood
  const ben: Partner = { ...partner('Ben', 'connected', 1), obstacle: 'not_understood' }
  const emil: Partner = { ...partner('Emil', 'connected'), obstacle: 'not_understood' }
  expect(overallFacts(t, [ben, partner('Chidi', 'connected', 1), emil], []).map((fact) => fact.text)).toEqual([
    `Some things wait between Ben’s computer and this one — ${why}`,
    `Some things wait between Emil’s computer and this one — ${why}`,
    '1 thing on the way to Chidi',
  ])
  const others = [
    { name: 'Ben', held: false, understood: false, partner: ben },
    { name: 'Dara', held: false, understood: true, partner: { ...ben, person: { id: 'dara', name: 'Dara' } } },
    { name: 'Emil', held: true, understood: true, partner: emil },
  ]
  expect(deliveryFacts(t, others).map((fact) => fact.text)).toEqual([
    'On Emil’s computer',
    'On its way to Dara',
    `Some things wait between Ben’s computer and this one — ${why}`,
  ])
})
