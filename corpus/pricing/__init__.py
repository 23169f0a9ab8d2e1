"""From metered kWh and kW to priced charge lines, as each company computes them."""
