"""FHIR R4 and CDS Hooks: resources read into questions, and answers written as resources and cards. No web, no clock, no calls."""
