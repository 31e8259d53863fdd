"""UD-POS of XTREME-R: XTREME's 33 languages as they are, and five more from a later release.

Universal Dependencies 2.5 and 2.7; Ruder et al. 2021.
"""

from waystation.tasks import udpos, udpos_27

TYPE = "tagging"
PARTS = (udpos, udpos_27)
LICENSE = udpos.LICENSE
CITATION = "Universal Dependencies 2.5 and 2.7; Ruder et al. 2021, XTREME-R, arXiv 2104.07412"
SPLITS = udpos.SPLITS
LANGUAGES = tuple(sorted((*udpos.LANGUAGES, *udpos_27.LANGUAGES)))
CHARACTERS = 72
METRICS = udpos.METRICS
LABELS = udpos.LABELS
CHANCE = None
TRAINED_ON = "udpos"
XTREME = "xtreme-r/udpos"
