"""Il materiale per una classe: schede, verifiche, diapositive e compiti di un capitolo, dagli stessi notebook del libro."""

# I generatori si registrano da sé, quando si leggono.
from . import neurone as neurone
from . import reti as reti
