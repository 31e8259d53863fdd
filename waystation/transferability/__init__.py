"""How much an intermediate task promises a target, from a frozen encoder, before any training"""
