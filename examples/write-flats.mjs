// Writes flats.csv: invented flats, whose rent follows a rule that is known, so that anybody can see how much of it
// a model finds. Running it again writes the same bytes.
//   node examples/write-flats.mjs
//
// rent = 220 + 11.5 × area + 35 × rooms + what the district is worth + 70 with a balcony
//        − 3 for each year of age, up to 60 + 12 for each floor with a lift, − 12 without, plus chance with a
//        standard deviation of 40: no model can be expected to come closer than that.

import { writeFileSync } from 'node:fs';

const ROWS = 1_200;
const DISTRICTS = { centre: 240, harbour: 130, hill: 60, station: -40, outskirts: -120 };
const CHANCE = 40;

let state = 20_240_601;

/** A number from 0 to 1 (mulberry32, public domain). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
}

/** Bell-shaped, around 0 (Box and Muller). */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function flat() {
  const area = Math.round(28 + random() * 110);
  const rooms = Math.max(1, Math.min(5, Math.round(area / 28 + normal() / 2)));
  const floor = Math.floor(random() * 7);
  const lift = random() < 0.5;
  const balcony = random() < 0.6;
  const built = 1_900 + Math.floor(random() * 124);
  const district = Object.keys(DISTRICTS)[Math.floor(random() * 5)];
  const rent =
    220 +
    11.5 * area +
    35 * rooms +
    DISTRICTS[district] +
    (balcony ? 70 : 0) -
    3 * Math.min(60, 2_024 - built) +
    12 * floor * (lift ? 1 : -1) +
    CHANCE * normal();
  // Not everything is known about every flat.
  const known = (value) => (random() < 0.02 ? '' : value);
  const yesOrNo = (value) => (value ? 'yes' : 'no');
  return [
    area,
    rooms,
    floor,
    yesOrNo(lift),
    yesOrNo(balcony),
    known(built),
    known(district),
    Math.round(rent),
  ];
}

const header = 'area,rooms,floor,lift,balcony,built,district,rent';
const lines = Array.from({ length: ROWS }, () => flat().join(','));
writeFileSync(new URL('./flats.csv', import.meta.url), `${[header, ...lines].join('\n')}\n`);
