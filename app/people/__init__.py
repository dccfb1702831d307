"""Who is there: units and schools, classes and students, staff, their accounts, roles and dated assignments."""
