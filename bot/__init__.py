"""The advisory assistant: from a customer's own words to advice that serves the need."""

import os

# The encoder's and classifier's matrices are small: more threads than one only wait for each other. Set before numpy loads.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
