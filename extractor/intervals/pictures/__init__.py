"""Pictures of readings and of bills beside them: SVG and PNG, drawn here, nothing fetched from anywhere."""
