"""The encoders' own measures, taken before any target: names, tables, and paired retrieval"""
