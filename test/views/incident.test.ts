import { describe, expect, it } from 'vitest';
import { MAX_TITLE } from '../../src/commands/create-item.ts';
import {
  declaredSentence,
  endedSentence,
  INCIDENT_TITLE_MAX,
  incidentDeclared,
  incidentModal,
  SHOWN_INCIDENTS,
  unknownService,
} from '../../views/incident.ts';
import { AT, controls, expectGoodMessage, expectGoodView, HOSTILE, LONG, reads } from './fixture.ts';

const one = { id: '7', service: 'storefront', title: 'Checkout is down', by: 'Emil Larsen', since: AT };

describe('the form', () => {
  it('asks what happens where, and shows below what is open', () => {
    const view = incidentModal({ services: ['ledger', 'storefront'], service: 'storefront', open: [one] });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "Service: {static_select service = storefront}
      What happens: {plain_text_input title}
      ----
      *Open now*
      *storefront*  Checkout is down
      Emil Larsen, <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> [Resolve]"
    `);
  });

  it('says that nothing is open, and what was done', () => {
    const notice = { text: 'Resolved on storefront: “Checkout is down”.', level: 'info' } as const;
    const view = incidentModal({ services: ['ledger'], open: [], notice });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "! Resolved on storefront: “Checkout is down”.
      Service: {static_select service}
      What happens: {plain_text_input title}
      ----
        No incident is open."
    `);
  });

  it('takes a line as long as the command does', () => {
    expect(INCIDENT_TITLE_MAX).toBe(MAX_TITLE);
  });

  it('searches when there are more services than a list holds, and shows as many as fit', () => {
    const services = Array.from({ length: 101 }, (_, index) => `service-${index}`);
    const open = Array.from({ length: SHOWN_INCIDENTS + 1 }, (_, index) => ({
      id: String(index),
      service: HOSTILE,
      title: LONG,
      by: HOSTILE,
      since: AT,
    }));
    const view = incidentModal({ services, title: LONG, open, notice: { text: LONG, level: 'warning' } });
    expectGoodView(view);
    expect(JSON.stringify(view)).toContain('external_select');
    expect(controls(view).filter((id) => id === 'resolve_incident')).toHaveLength(SHOWN_INCIDENTS);
    expect(reads(view)).toMatch(/Older ones are not shown; `\/ticket incident resolve &lt;service&gt;`/);
    expectGoodView(incidentModal({ services: [], open: [] }));
  });
});

describe('what follows', () => {
  const none = { here: 0, there: 0, dependants: [] };
  const declared = (here: number, there = 0, dependants: string[] = []) =>
    declaredSentence(one, { here, there, dependants });
  const ended = (more: object) =>
    endedSentence({ service: 'storefront', titles: ['Checkout is down'], left: 0, heldUp: none, ...more });

  it('when one begins', () => {
    expect([
      declared(0),
      declared(1),
      declared(3, 1, ['lookbook']),
      declared(0, 2, ['lookbook', 'newsletter']),
    ]).toMatchInlineSnapshot(`
        [
          "Incident on storefront: “Checkout is down”. No open item is about storefront; new ones wait until it is resolved.",
          "Incident on storefront: “Checkout is down”. 1 item on storefront now waits until it is resolved. It is not delegated or deployed to production before.",
          "Incident on storefront: “Checkout is down”. 3 items on storefront now wait until it is resolved. None of them is delegated or deployed to production before. 1 item on lookbook, which depends on it, is not deployed to production either.",
          "Incident on storefront: “Checkout is down”. No open item is about storefront; new ones wait until it is resolved. 2 items on lookbook, newsletter, which depend on it, are not deployed to production either.",
        ]
      `);
  });

  it('when one ends', () => {
    expect([
      ended({}),
      ended({ heldUp: { here: 1, there: 0, dependants: [] } }),
      ended({ heldUp: { here: 2, there: 1, dependants: ['lookbook'] }, titles: ['One', 'Two'] }),
      ended({ left: 1, heldUp: { here: 2, there: 0, dependants: [] } }),
    ]).toMatchInlineSnapshot(`
      [
        "Resolved on storefront: “Checkout is down”. No open item waited for it.",
        "Resolved on storefront: “Checkout is down”. 1 item no longer waits for it.",
        "Resolved on storefront: 2 incidents. 3 items no longer wait for them.",
        "Resolved on storefront: “Checkout is down”. 1 other incident is still open there, so items go on waiting.",
      ]
    `);
  });

  it('is an answer with the button that ends it', () => {
    const message = incidentDeclared(declared(3), one);
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "Incident on storefront: “Checkout is down”. 3 items on storefront now wait until it is resolved. None of them is delegated or deployed to production before.
      [Resolve]"
    `);
    expectGoodMessage(incidentDeclared(declaredSentence({ service: HOSTILE, title: LONG }, none), one));
  });
});

describe('a word that is no service', () => {
  it('is said, with what is near and the way to a ticket', () => {
    const near = [{ name: 'storefront', typed: 'incident storefront Checkout is down' }];
    const message = unknownService('storfront', 'incident storfront Checkout is down', near);
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "“storfront” is not a service of the catalog, so no incident was declared or resolved. Did you mean storefront?
      [/ticket incident storefront Checkout is down] [New Ticket: incident storfront Checkout is down]"
    `);
    const unlike = unknownService('page', 'incident page is slow', []);
    expectGoodMessage(unlike);
    expect(reads(unlike)).toMatchInlineSnapshot(`
      "“page” is not a service of the catalog, so no incident was declared or resolved. \`/ticket incident\` lists the services.
      [New Ticket: incident page is slow]"
    `);
    expectGoodMessage(unknownService(HOSTILE, LONG, [{ name: HOSTILE, typed: LONG }]));
  });
});
