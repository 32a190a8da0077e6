/** What may go into a letter. `publishedOn` is a calendar day. */
export const stories = [
  { title: 'How the enamel mug is made', publishedOn: '2026-05-04', text: 'Two coats, two firings, one dent allowed.' },
  { title: 'Wool, wet and warm', publishedOn: '2026-05-11', text: 'Why merino keeps working in the rain.' },
  { title: 'The tray that was a tree', publishedOn: '2026-05-13', text: 'A walnut from the yard of the first shop.' },
  { title: 'Packing light', publishedOn: '2026-05-18', text: 'What we leave at home & never miss.' },
];
