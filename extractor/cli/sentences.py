"""What each identity of the proof says, in a sentence for the reader of `--explain`.

The names are those that `extractor/checks/` gives its proof rows; a test holds the two together.
"""

SENTENCES = {
    "account_summary": "the rows of the account summary add up to the amount due",
    "amount_due": "without an account summary, what is due is what the services charge",
    "balance": "a balance in the account summary repeats what the rows above it add up to",
    "billing_detail": "the rows of the summary of billing detail add up to its total",
    "billing_detail_row": "each service's total stands in the summary of billing detail",
    "billing_detail_total": "the total of the summary of billing detail is the new charges",
    "cost_box_demand": "the cost box's demand is that of the charge lines",
    "cost_box_energy": "the cost box's energy is that of the charge lines",
    "cost_box_kwh": "the cost box's kWh are those of the delivery lines",
    "cost_box_other": "the cost box's other charges are those of the charge lines",
    "cost_box_period": "the cost box's dollars of a price period are those of its energy lines",
    "cost_box_total": "the cost box's total is that of the charge lines",
    "day_count": "the printed days are those from the first date to the last, both counted",
    "headings_in_order": "every heading that the supplier's part needs was read, in printed order",
    "kwh_cca_delivery": "the kWh that the community supplier sells are those that SCE delivers",
    "kwh_delivery_generation": "the kWh of a price period are the same in delivery and in generation",
    "kwh_surcharge": "a surcharge by the kWh is on all kWh delivered",
    "kwh_usage": "the kWh delivered are those of the usage block",
    "line_exact": "a recognised line's amount is its quantity times its rate, to the cent",
    "line_product": "a line's amount is its quantity times its rate, prorated by its days",
    "meter_dates": "the meters measured from the first day of the period to the last",
    "new_charges": "the totals of the services add up to the new charges",
    "price_periods_in_order": "under one heading the price periods stand in order",
    "printed_alike": "what is printed in several places is the same in all of them",
    "proration_days": "a proration is on the days of the period, or on 30",
    "proration_parts": "the days of the parts of one charge add up to the period",
    "scan_line": "the scan line on the stub ends with the amount due in cents",
    "seasons_named": "the seasons named beside the billing period are those of its dates",
    "seasons_of_period": "the seasons of the energy lines are those of the billing period",
    "subtotal": "the charge lines add up to the subtotal",
    "tax_base": "a tax in percent is on the subtotal, or on the lines above it",
    "total": "the lines, or the subtotal and the taxes, add up to the service's total",
}
