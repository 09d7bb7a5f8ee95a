"""Il materiale per una classe: schede, verifiche, diapositive e compiti di un capitolo, dagli stessi notebook del libro."""
