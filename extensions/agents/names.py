"""What agents are called: birds, for they fly out and come back.

Does not: choose. The session takes one that no open agent bears.
"""

NAMES = tuple(
    """
    Avocet Bittern Bunting Chough Condor Coot Crane Curlew Dipper Dotterel Dove Dunlin Dunnock Egret Eider Falcon
    Fieldfare Finch Fulmar Gannet Godwit Goshawk Grebe Grouse Harrier Heron Hobby Hoopoe Ibis Jackdaw Jay Kestrel
    Kingfisher Kite Kittiwake Knot Lapwing Lark Linnet Magpie Martin Merlin Nightjar Nuthatch Oriole Osprey Ouzel Owl
    Partridge Petrel Pipit Plover Puffin Quail Raven Redpoll Redstart Redwing Robin Rook Ruff Sandpiper Serin
    Shearwater Shrike Siskin Skua Snipe Sparrow Starling Stilt Stint Stork Swallow Swan Swift Teal Tern Thrush Turnstone
    Twite Wagtail Warbler Waxwing Wheatear Whimbrel Whinchat Wigeon Wren Wryneck
    """.split()
)
