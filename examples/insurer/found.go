package main

// found sets the company up on its first day: products, the club, the surveys. Then the
// customers come.
func (w *insurer) found() error {
	w.products = catalogue()
	for _, p := range w.products {
		p.Description = description
		if _, err := w.crm.Products.Publish(w.as(manager), p.Design); err != nil {
			return err
		}
	}
	if err := w.clubs(); err != nil {
		return err
	}
	if err := w.questions(); err != nil {
		return err
	}
	w.expect()
	return nil
}
