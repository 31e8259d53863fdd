"""The five questions: one module each, with the cells that it needs and the answer that it gives"""
