"""The machine of an import: from an uploaded file to accepted rows, and back."""
